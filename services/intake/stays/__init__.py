"""Stays at a transit centre: bed, food, urgent needs first, and a safe way home."""
