"""Two small services under a random load, in processes that may be killed, and what must be true afterwards."""
