"""Requests for access: staff of elsewhere ask by case number, and the holder's supervisor answers."""
