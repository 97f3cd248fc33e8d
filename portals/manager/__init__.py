"""The gestionnaires' portal."""
