"""Utilisateurs et droits: the agency's gestionnaires, for who administers."""
