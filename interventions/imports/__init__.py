"""Files in: read (bytes to rows), parse (rows to typed lines), compare with the base, apply in one transaction."""
