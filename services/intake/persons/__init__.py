"""People: names as written, births as told, and never an age without its interval."""
