"""The page that a mail's link opens without a password: that mail's visits, for its reader, and nothing else."""
