"""Logs, traces and the figures of requests."""
