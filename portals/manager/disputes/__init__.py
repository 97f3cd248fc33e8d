"""What a délibération looks at beside the visit itself."""
