"""The operator's work: migrate stores, check that all is well, and look after the bus.

Commands work on the stores directly, or, where a running product owns the files, through its admin door: one process
writes a folder. Nothing here decides about a case, and no service is imported: each is found by its name.
"""
