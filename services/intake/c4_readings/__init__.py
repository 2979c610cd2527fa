"""Two people for what could kill: who is not in the team sees where somebody is once a second person agreed to it."""
