"""Logging, tracing and what is counted of requests."""
