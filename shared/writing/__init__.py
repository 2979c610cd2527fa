"""How a change is written: the unit of work, its locks, its end, and the loop that carries out to-dos."""
