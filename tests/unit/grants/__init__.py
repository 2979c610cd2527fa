"""The rules of grants, without I/O."""
