"""Grants over HTTP: a request in, an answer and facts out."""
