"""What a look at the audit found, in plain sentences that name the place."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong; or, at the end, what a restore explains."""

    MISSING = "missing"
    CHANGED = "changed"
    OTHER_TREE = "other_tree"
    CUT_OFF = "cut_off"
    FORKED = "forked"
    NOT_WITNESSED = "not_witnessed"
    NOT_SIGNED = "not_signed"
    OTHER_KEY = "other_key"
    NO_NUMBER = "no_number"
    OTHER_SUBTREE = "other_subtree"
    LOST = "lost"


@dataclass(frozen=True)
class Finding:
    """One thing that was found. `first` and `last` are numbers of entries of that tree, where there are such."""

    kind: Kind
    says: str
    tree: int = 0
    first: int | None = None
    last: int | None = None


@dataclass
class Verdict:
    """All that was found in the audit of a service, and how much was looked at."""

    service: str
    entries: int = 0
    trees: int = 0
    checkpoints: int = 0
    waiting: int = 0
    """Entries that have no number yet, as is usual for a second."""
    uncovered: int = 0
    """Numbered entries that no checkpoint covers yet: nobody outside knows of them."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def bad(self) -> list[Finding]:
        """What no restore explains: single entries before intervals, the first one first."""
        found = [one for one in self.findings if one.kind is not Kind.LOST]
        return sorted(found, key=lambda one: (one.tree, one.first is None, one.first != one.last, one.first or 0))

    @property
    def lost(self) -> list[Finding]:
        """Intervals that were lost when the store was put back."""
        return [one for one in self.findings if one.kind is Kind.LOST]


def numbers(first: int, last: int) -> str:
    """Entries, as a sentence names them."""
    return f"entry {first}" if first == last else f"entries {first} to {last}"
