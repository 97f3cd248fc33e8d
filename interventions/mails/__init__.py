"""What mails say: from lines, to what is still true, to a letter in HTML and text."""
