"""The directory of organisations and what they offer."""
