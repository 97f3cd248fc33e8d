"""The journal that proves: entries sealed into a chain of hashes per agency, checked, and shown to somebody else."""
