"""Determinations: what the rules suggest, and what named people of a body find."""
