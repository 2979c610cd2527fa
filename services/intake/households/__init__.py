"""Households: who belongs together, by which relationship, and which caregiver is implicated."""
