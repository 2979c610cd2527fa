"""Modules beyond the usual ones, each with the reason why it stands by itself.

`PURE` ones obey the import rule of `domain.py`: no clock, no chance, no I/O but reading their own package's data once.
`BESIDE_HANDLERS` ones obey that of handlers.
"""

PURE: dict[str, str] = {
    "services/intake/persons/births.py": "what people state of a birth, as spans of days; several rules read it",
    "services/intake/persons/age.py": "ages as intervals; cases and persons ask it the same questions",
    "services/intake/persons/naming.py": "one name across three scripts; nothing of it decides anything",
    "services/intake/cases/detention.py": "a period of being held, shared by lines and cases",
    "services/referrals/followups/schedule.py": "calendar arithmetic of visits, proven by itself",
}

BESIDE_HANDLERS: dict[str, str] = {}
