"""Mise en route: an agency that begins is led through what it needs, down to the invitations."""
