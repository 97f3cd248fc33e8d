"""The portal of the client and of those who act for them: countersign, ask for a change, look at the planning."""
