"""Runnable measurements of the product; never part of the tests."""
