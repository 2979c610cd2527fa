"""Code lists and places."""
