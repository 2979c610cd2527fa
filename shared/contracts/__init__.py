"""Published events, one package per producing service: thin, frozen, versioned. Only what is here can be published."""
