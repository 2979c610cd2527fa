"""The register of those who look after the directory of organisations."""
