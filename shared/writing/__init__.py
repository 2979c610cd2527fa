"""How a change is written: the unit of work, the runner of commands, its locks, its end, and the loop of to-dos."""
