"""Businesses, as those who visit find them."""
