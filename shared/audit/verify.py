"""Verifies the audit of a service without a network: its entries against its tree, its tree against the witness.

Whoever can write a store can compute its hashes anew; what a witness has, they cannot change. Checkpoints of the store
alone prove no more than that nobody changed an entry by mistake.
"""

from collections.abc import Iterator, Mapping, Sequence

from shared.audit.findings import Finding, Kind, Verdict, numbers
from shared.audit.hashing import Frontier, Hash
from shared.audit.history import History
from shared.audit.notes import Checkpoint
from shared.audit.tree import HEIGHT, Tree
from shared.audit.witnessed import Noted, Witnessed, compare
from shared.storage import HowFar


def verify(
    service: str,
    history: History,
    witness: Witnessed | None,
    progress: HowFar = lambda _done, _total: None,
    keys: Sequence[bytes] = (),
) -> Verdict:
    """Look at every entry and every checkpoint. `keys` are the public keys that are trusted; any, if none is given."""
    verdict = Verdict(service, entries=history.entries())
    known = history.trees()
    verdict.trees = len(known)
    looking = _Looking(history, verdict, progress)
    begun: dict[int, Sequence[str]] = {}
    for tree in known:
        if keys and tree.public_key not in keys:
            says = f"tree {tree.tree} was signed with a key that is not among those given"
            verdict.findings.append(Finding(Kind.OTHER_KEY, says, tree.tree))
        noted, found = compare(tree, history.checkpoints(tree), witness)
        verdict.findings += found
        verdict.checkpoints += len(noted)
        begun[tree.tree] = looking.at(tree, noted)
    verdict.findings += _unknown(service, known, witness, begun)
    late, verdict.waiting = history.unnumbered()
    if late:
        says = f"{len(late)} entries stand beside the tree, the first with the id {late[0]}"
        verdict.findings.append(Finding(Kind.NO_NUMBER, says))
    _explain(verdict, known, begun, witness)
    return verdict


class _Looking:
    """Goes through the entries of one tree after the other."""

    def __init__(self, history: History, verdict: Verdict, progress: HowFar) -> None:
        self._history, self._verdict, self._progress = history, verdict, progress
        self._done = 0

    def at(self, tree: Tree, noted: Sequence[Noted]) -> Sequence[str]:
        """Look at a tree; whom its first entry names."""
        grown, whole = Frontier(), True
        first: Sequence[str] = ()
        nodes: dict[tuple[int, int], Hash] = {}
        roots: dict[int, Hash] = {0: grown.root}
        wanted = {one.checkpoint.size for one in noted}
        for leaf in self._history.leaves(tree):
            if whole and leaf.number != grown.size:
                whole = False
                self._found(Kind.MISSING, tree, grown.size, leaf.number - 1, "missing")
            if leaf.now is None:
                self._found(Kind.MISSING, tree, leaf.number, leaf.number, "deleted")
            elif leaf.now != leaf.kept:
                self._found(Kind.CHANGED, tree, leaf.number, leaf.number, "changed after it was written")
            first = leaf.named if leaf.number == 0 else first
            nodes |= {(level, place): root for level, place, root in grown.add(leaf.kept) if level % HEIGHT == 0}
            if grown.size in wanted:
                roots[grown.size] = grown.root
            self._step()
        if whole:
            self._compare(tree, noted, grown, roots)
            self._subtrees(tree, nodes)
        covered = max((one.checkpoint.size for one in noted), default=0)
        self._verdict.uncovered += max(0, grown.size - covered)
        return first

    def _compare(self, tree: Tree, noted: Sequence[Noted], grown: Frontier, roots: Mapping[int, Hash]) -> None:
        """The first checkpoint that does not fit says where; all behind it cannot fit either."""
        good = 0
        for one in sorted(noted, key=lambda each: each.checkpoint.size):
            size = one.checkpoint.size
            if size > grown.size:
                seen = noted_last(noted)
                says = f"missing, and {one.whose} saw them at {seen.at}"
                self._found(Kind.CUT_OFF, tree, grown.size, seen.size - 1, says)
                return
            if roots[size] != one.checkpoint.root:
                says = f"not what checkpoint {one.checkpoint.serial} of {one.whose} covers ({one.place})"
                self._found(Kind.OTHER_TREE, tree, good, size - 1, says)
                return
            good = size

    def _subtrees(self, tree: Tree, computed: Mapping[tuple[int, int], Hash]) -> None:
        kept = self._history.nodes(tree)
        if kept is None:
            return
        for level, place in sorted(kept.keys() ^ computed.keys()) or sorted(
            at for at, root in computed.items() if kept[at] != root
        ):
            first = place << level
            says = f"not the subtree that the store has of them (level {level}, place {place})"
            self._found(Kind.OTHER_SUBTREE, tree, first, first + (1 << level) - 1, says)
            return

    def _found(self, kind: Kind, tree: Tree, first: int, last: int, says: str) -> None:
        text = f"{numbers(first, last)} of tree {tree.tree}: {says}"
        self._verdict.findings.append(Finding(kind, text, tree.tree, first, last))

    def _step(self) -> None:
        self._done += 1
        if self._done % 500 == 0 or self._done == self._verdict.entries:
            self._progress(self._done, self._verdict.entries)


def noted_last(noted: Sequence[Noted]) -> Checkpoint:
    """The checkpoint of the largest tree."""
    return max((one.checkpoint for one in noted), key=lambda each: each.size)


def _unknown(
    service: str, known: Sequence[Tree], witness: Witnessed | None, begun: Mapping[int, Sequence[str]]
) -> Iterator[Finding]:
    """Trees that the witness knows and this store does not."""
    if witness is None:
        return
    for origin, last in witness.last_of_each(service).items():
        if origin not in {tree.origin for tree in known}:
            says = f"the witness knows a tree with {last.size} entries up to {last.at} that is not here: {origin}"
            before = [tree.tree for tree in known if _begun_after(begun[tree.tree], origin, witness)]
            yield Finding(Kind.LOST if before else Kind.CUT_OFF, says, min(before, default=0))


def _begun_after(names: Sequence[str], origin: str, witness: Witnessed) -> bool:
    """Whether a tree that names this checkpoint was begun when the witness knew that origin already."""
    return any(witness.line_of(name) >= witness.first_line(origin) for name in names if witness.line_of(name))


def _explain(
    verdict: Verdict, known: Sequence[Tree], begun: Mapping[int, Sequence[str]], witness: Witnessed | None
) -> None:
    """What is cut off of a tree is lost, and no deed, where a later one says in its first entry up to where it went."""
    names = {name: tree for tree in known for name in begun[tree.tree] if tree.tree}
    for place, found in enumerate(verdict.findings):
        origin = next((tree.origin for tree in known if tree.tree == found.tree), "")
        said = [one for one in names if one.startswith(f"checkpoint/{origin}/") and names[one].tree > found.tree]
        if found.kind is Kind.CUT_OFF and found.first is not None and said:
            verdict.findings[place] = Finding(Kind.LOST, found.says, found.tree, found.first, found.last)
    if witness is not None:
        for name, tree in names.items():
            if not witness.line_of(name):
                says = f"the witness has no such checkpoint as the first entry of tree {tree.tree} names"
                verdict.findings.append(Finding(Kind.NOT_WITNESSED, says, tree.tree, 0, 0))
