"""The plan of a case, from its opening to its closure."""
