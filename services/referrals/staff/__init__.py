"""The register of staff: who works for which organisation, and who has left it."""
