"""Two people for what could kill: who does not host somebody sees where they sleep once a second person agreed."""
