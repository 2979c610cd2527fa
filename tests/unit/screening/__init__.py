"""Rules of screening, without any I/O."""
