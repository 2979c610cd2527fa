"""Programmes and their budgets."""
