"""Consents: one purpose, one recipient, given by somebody who may give it."""
