"""An agency's files in the browser: sent, recognised, previewed, confirmed, reported."""
