"""Disclosures: the little that a provider needs of somebody whom it agreed to help, for as long as it does."""
