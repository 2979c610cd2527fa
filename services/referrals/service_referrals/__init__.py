"""Requests for a service, and what was given."""
