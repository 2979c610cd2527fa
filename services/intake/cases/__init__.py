"""Cases: one return of one person; who works on it; whether the person was a child."""
