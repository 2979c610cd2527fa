"""Hand-overs: the list as received, the count at the gate, and the difference explained line by line."""
