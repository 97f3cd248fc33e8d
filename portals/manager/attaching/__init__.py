"""Visits without a contrat facturable: attached, or admitted, many at once."""
