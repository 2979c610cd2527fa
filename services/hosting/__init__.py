"""How the four services are run: all in one process, one alone, or apart behind one address."""
