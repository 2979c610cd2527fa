"""Four services that share nothing but events: intake, screening, referrals and grants."""
