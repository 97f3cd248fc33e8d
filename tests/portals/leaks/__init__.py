"""Who gets at what: a world full of marked data, strangers of every kind, and a case for every address."""
