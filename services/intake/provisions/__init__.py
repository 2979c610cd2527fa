"""Provisions: meals, nights, kits and tickets, each given on a day."""
