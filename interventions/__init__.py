"""The domain: visits, who may do what with them, and what that leaves on record. Knows no HTTP."""
