"""What all four services stand on: the unit of work, the bus, trust, codes. It knows no service."""
