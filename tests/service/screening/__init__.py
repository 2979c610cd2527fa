"""Screening over HTTP: requests in, answers and facts out."""
