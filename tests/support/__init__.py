"""Worlds, builders and invented people that several folders use; no test stands here."""
