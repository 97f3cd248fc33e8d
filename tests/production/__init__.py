"""The service as an operator runs it: its files, and its own processes on loopback, started as the files say."""
