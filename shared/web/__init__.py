"""The HTTP edge: requests, problems, probes, metrics, and the OpenAPI document, read from the code that answers."""
