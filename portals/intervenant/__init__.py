"""The intervenants' portal: what is planned, what took place, what a client answered."""
