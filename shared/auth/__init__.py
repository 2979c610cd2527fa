"""Who is calling (`caller`), how they are recognised (`identity`), and what they may do (`policy`).

Call `authorise` first in every handler and query, and `readable` before a private value leaves. A refusal is
`NotFound`, so that it looks like a missing thing.
"""

from shared.auth.caller import SYSTEM, Caller, Purpose, Role
from shared.auth.identity import CallerUnknown, Identify
from shared.auth.policy import Policy, Rule, World, authorise, may, readable

__all__ = [
    "SYSTEM",
    "Caller",
    "CallerUnknown",
    "Identify",
    "Policy",
    "Purpose",
    "Role",
    "Rule",
    "World",
    "authorise",
    "may",
    "readable",
]
