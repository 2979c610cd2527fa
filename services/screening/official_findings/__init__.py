"""What a body of state finds by itself about a case of which the holder told it, by the number of the case alone."""
