"""What the filter's visits come to, as charts with the table behind each."""
