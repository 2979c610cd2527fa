"""Best interests: to whom a child may be handed over, decided before anybody takes the child."""
