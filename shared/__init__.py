"""The foundation of all four services: writing, reading, the bus, trust, codes. It knows no service."""
