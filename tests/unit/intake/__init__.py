"""Rules of intake, without any I/O."""
