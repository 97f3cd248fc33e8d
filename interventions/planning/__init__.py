"""Planning ahead: what deserves a second look, who could go, what comes back, who is away."""
