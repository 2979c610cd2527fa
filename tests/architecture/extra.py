"""Modules beyond the usual ones, each with the reason why it stands by itself.

`PURE` ones obey the import rule of `domain.py`: no clock, no chance, no I/O but reading their own package's data once.
`BESIDE_HANDLERS` ones obey that of handlers.
"""

PURE: dict[str, str] = {}

BESIDE_HANDLERS: dict[str, str] = {}
