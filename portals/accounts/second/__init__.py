"""A second factor for one's account: an application's codes, passkeys, codes of recovery."""
