"""What an operator sees of a running service: health, figures, slow statements, errors. No personal data in any."""
