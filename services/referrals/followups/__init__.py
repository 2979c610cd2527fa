"""Visits after the return home."""
