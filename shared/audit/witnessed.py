"""What a witness has of a service's trees, and how that compares with what the store says it has.

Each note names its number in its tree and the digest of the one before: none can be left out, and none put in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.audit.findings import Finding, Kind
from shared.audit.history import Signed
from shared.audit.notes import Checkpoint, digest, read, several, signed_by
from shared.audit.tree import Tree

WITNESS, STORE = "the witness", "the store"


@dataclass(frozen=True)
class Noted:
    """A checkpoint whose signature is ours: who has it, and where."""

    checkpoint: Checkpoint
    note: str
    whose: str
    place: str


@dataclass
class Witnessed:
    """The notes of a witness, by origin, each with its line; and when they were read."""

    read_at: datetime
    notes: dict[str, list[tuple[int, str, Checkpoint]]] = field(default_factory=dict)
    unreadable: list[tuple[int, str]] = field(default_factory=list)
    """Lines that are no whole checkpoint, with the first of their words."""

    @classmethod
    def of(cls, lines: Iterable[str], read_at: datetime) -> "Witnessed":
        """What a witness's file holds."""
        found = cls(read_at)
        for line, note in several(lines):
            checkpoint = read(note)
            if checkpoint is None:
                found.unreadable.append((line, note.partition("\n")[0]))
            else:
                found.notes.setdefault(checkpoint.origin, []).append((line, note, checkpoint))
        return found

    def last_of_each(self, service: str) -> Mapping[str, Checkpoint]:
        """The last checkpoint of each tree of a service."""
        mine = f"homeward.audit/{service}/"
        return {origin: notes[-1][2] for origin, notes in self.notes.items() if origin.startswith(mine)}

    def first_line(self, origin: str) -> int:
        """Where a tree begins to be known."""
        return self.notes[origin][0][0]

    def line_of(self, name: str) -> int:
        """Where a checkpoint stands that the first entry of a tree names; 0 where it does not."""
        origin, _, rest = name.removeprefix("checkpoint/").rpartition("/")
        origin, _, size = origin.rpartition("/")
        for line, _, checkpoint in self.notes.get(origin, ()):
            if (str(checkpoint.size), checkpoint.root.hex()) == (size, rest):
                return line
        return 0


def compare(tree: Tree, own: Sequence[Signed], witness: Witnessed | None) -> tuple[Sequence[Noted], Sequence[Finding]]:
    """The checkpoints of a tree that can be built on, and what is wrong with them."""
    found: list[Finding] = []
    in_store = {one.serial: one for one in own}
    noted = {serial: Noted(_said(one.note), one.note, STORE, f"number {serial}") for serial, one in in_store.items()
             if _ours(one.note, tree)}  # fmt: skip
    found += [_finding(Kind.NOT_SIGNED, tree, f"checkpoint {serial} in the store does not bear our signature")
              for serial in in_store.keys() - noted.keys()]  # fmt: skip
    if witness is None:
        return list(noted.values()), found
    seen: dict[int, Noted] = {}
    for line, note, checkpoint in witness.notes.get(tree.origin, ()):
        place = f"line {line}"
        if not _ours(note, tree):
            found.append(_finding(Kind.NOT_SIGNED, tree, f"{place} of the witness does not bear our signature"))
        elif checkpoint.serial in seen and seen[checkpoint.serial].checkpoint != checkpoint:
            says = f"{place} of the witness is another checkpoint {checkpoint.serial} than one before: a fork"
            found.append(_finding(Kind.FORKED, tree, says))
        else:
            seen.setdefault(checkpoint.serial, Noted(checkpoint, note, WITNESS, place))
    found += _gaps(tree, in_store, seen, witness)
    found += _broken(tree, noted, seen)
    return list((noted | seen).values()), found


def _gaps(tree: Tree, own: Mapping[int, Signed], seen: Mapping[int, Noted], witness: Witnessed) -> Iterator[Finding]:
    """Checkpoints that the witness had, and has no more."""
    reached = max(seen, default=0)
    taken = {serial for serial, one in own.items() if one.accepted_at and one.accepted_at <= witness.read_at}
    for serial in sorted((taken | set(range(1, reached))) - seen.keys()):
        yield _finding(Kind.NOT_WITNESSED, tree, f"checkpoint {serial} is missing in the witness")


def _broken(tree: Tree, own: Mapping[int, Noted], seen: Mapping[int, Noted]) -> Iterator[Finding]:
    """Checkpoints that differ between store and witness, or that do not follow the one before."""
    for serial, one in sorted(seen.items()):
        if serial in own and own[serial].checkpoint != one.checkpoint:
            yield _finding(
                Kind.FORKED, tree, f"checkpoint {serial} says one thing in the store, another in the witness"
            )
        before = seen.get(serial - 1)
        if before and one.checkpoint.before != digest(before.note.partition("\n\n")[0]):
            yield _finding(Kind.FORKED, tree, f"checkpoint {serial} does not follow checkpoint {serial - 1}")


def _ours(note: str, tree: Tree) -> bool:
    said = read(note)
    return said is not None and said.origin == tree.origin and signed_by(note, tree.origin, tree.public_key)


def _said(note: str) -> Checkpoint:
    said = read(note)
    assert said is not None
    return said


def _finding(kind: Kind, tree: Tree, says: str) -> Finding:
    return Finding(kind, f"{says} (tree {tree.tree})", tree.tree)
