"""Four services that share nothing but events: intake, screening, referrals and grants."""

SERVICES = ("intake", "screening", "referrals", "grants")
"""Their names, in the order in which people meet them."""
