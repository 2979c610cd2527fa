"""Rules of referrals, without any I/O."""
