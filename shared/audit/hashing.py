"""The hash tree of RFC 6962: leaves and nodes, roots of growing trees, and proofs that anybody can check.

Pure arithmetic over hashes. A `Frontier` is what has to be known of a tree in order to let it grow: the roots of its
perfect subtrees, the largest first.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

Hash = bytes
Subtree = Callable[[int, int], Hash]
"""The root of the perfect subtree at (level, place): that of the 2**level leaves from place * 2**level on."""


def leaf_hash(entry: bytes) -> Hash:
    """The hash of an entry. Its first byte differs from a node's, so that no node can pass for an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """The hash of two subtrees that stand side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree of some size, by the roots of its perfect subtrees. It grows leaf by leaf."""

    def __init__(self, size: int = 0, roots: Sequence[Hash] = ()) -> None:
        self.size, self._roots = size, list(roots)

    def add(self, leaf: Hash) -> Iterable[tuple[int, int, Hash]]:
        """Add a leaf; the perfect subtrees that are complete now, as (level, place, root)."""
        complete, root, level = [], leaf, 0
        while self.size >> level & 1:
            root, level = node_hash(self._roots.pop(), root), level + 1
            complete.append((level, self.size >> level, root))
        self._roots.append(root)
        self.size += 1
        return complete

    @property
    def root(self) -> Hash:
        """The root of all leaves so far."""
        return folded(self._roots)


def folded(roots: Sequence[Hash]) -> Hash:
    """One root of several subtrees that stand side by side, each smaller than the one before it."""
    if not roots:
        return hashlib.sha256().digest()
    *others, found = roots
    for left in reversed(others):
        found = node_hash(left, found)
    return found


def perfect(size: int, begin: int = 0) -> Iterable[tuple[int, int]]:
    """The perfect subtrees (level, place) that make up the leaves from `begin` on, up to `size`, the largest first.

    `begin` is a multiple of the largest power of two that is smaller than what follows, as in every proof.
    """
    at = begin
    for level in reversed(range((size - begin).bit_length())):
        if (size - begin) >> level & 1:
            yield level, at >> level
            at += 1 << level


def root_of(size: int, subtree: Subtree, begin: int = 0) -> Hash:
    """The root of the leaves from `begin` up to `size`."""
    return folded([subtree(level, place) for level, place in perfect(size, begin)])


def inclusion(number: int, size: int, subtree: Subtree, begin: int = 0) -> list[Hash]:
    """The path that proves that a leaf is in the tree of this size (RFC 6962, 2.1.1)."""
    if size - begin <= 1:
        return []
    middle = begin + _split(size - begin)
    if number < middle:
        return [*inclusion(number, middle, subtree, begin), root_of(size, subtree, middle)]
    return [*inclusion(number, size, subtree, middle), root_of(middle, subtree, begin)]


def includes(leaf: Hash, number: int, size: int, path: Sequence[Hash], root: Hash) -> bool:
    """Whether the path proves it."""
    if not 0 <= number < size:
        return False
    found, place, last = leaf, number, size - 1
    for other in path:
        if not last:
            return False
        if place & 1 or place == last:
            found = node_hash(other, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, other)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency(old: int, size: int, subtree: Subtree) -> list[Hash]:
    """What proves that the tree of size `old` is the beginning of the one of `size` (RFC 6962, 2.1.2)."""
    return [] if old in (0, size) else _consistency(old, size, subtree, 0, whole=True)


def _consistency(old: int, size: int, subtree: Subtree, begin: int, *, whole: bool) -> list[Hash]:
    if old == size:
        return [] if whole else [root_of(size, subtree, begin)]
    middle = begin + _split(size - begin)
    if old <= middle:
        return [*_consistency(old, middle, subtree, begin, whole=whole), root_of(size, subtree, middle)]
    return [*_consistency(old, size, subtree, middle, whole=False), root_of(middle, subtree, begin)]


def consistent(old: int, old_root: Hash, size: int, root: Hash, proof: Sequence[Hash]) -> bool:
    """Whether the proof shows that the smaller tree is the beginning of the larger one."""
    if old == size:
        return not proof and old_root == root
    if not 0 < old < size:
        return old == 0 and not proof
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for other in path[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            before, after = node_hash(other, before), node_hash(other, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, other)
        place, last = place >> 1, last >> 1
    return last == 0 and (before, after) == (old_root, root)


def _split(many: int) -> int:
    """The largest power of two below it."""
    return 1 << ((many - 1).bit_length() - 1)
