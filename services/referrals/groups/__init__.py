"""Self-help groups, cooperatives and awareness sessions."""
