"""Requests to be forgotten: asked for a person, decided by a privacy officer, carried out by every service."""
