"""What breaks, broken for real: processes of this folder's own on loopback, killed, frozen, filled up."""
