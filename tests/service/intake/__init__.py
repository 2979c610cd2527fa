"""Intake alone: HTTP in, answers and facts out."""
