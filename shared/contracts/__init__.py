"""Published events, one module per producing service: thin, frozen, versioned. What is not here cannot be told."""
