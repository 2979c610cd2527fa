"""What the HTTP interface tells of itself: the OpenAPI document of a service, read from the code that answers."""
