"""Applications, from the first draft to the end of the grant."""
