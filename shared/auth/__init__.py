"""Who is calling (`caller`), how they are recognised (`identity`), and what they may do (`policy`).

Call `authorise` first in every handler and query. A refusal is `NotFound`, so that it looks like a missing thing,
unless nothing but the purpose stands in the way, or nothing but a part in a thing that the caller may read.
"""

from shared.auth.asking import PurposeRefused, World, admit, authorise, decided, may, offered
from shared.auth.belonging import BY_CASE, NOBODYS, OWN, Belonging, Via, itself
from shared.auth.caller import SYSTEM, Caller, Purpose, Role
from shared.auth.deciding import EVERYBODY, Decision, Part, Place, decide
from shared.auth.identity import CallerUnknown, Identify
from shared.auth.lacking import RelationNeeded, reading_of
from shared.auth.policy import Policy, Rule, Scope
from shared.auth.predicates import lasts, predicate

__all__ = [
    "BY_CASE",
    "EVERYBODY",
    "NOBODYS",
    "OWN",
    "SYSTEM",
    "Belonging",
    "Caller",
    "CallerUnknown",
    "Decision",
    "Identify",
    "Part",
    "Place",
    "Policy",
    "Purpose",
    "PurposeRefused",
    "RelationNeeded",
    "Role",
    "Rule",
    "Scope",
    "Via",
    "World",
    "admit",
    "authorise",
    "decide",
    "decided",
    "itself",
    "lasts",
    "may",
    "offered",
    "predicate",
    "reading_of",
]
