"""The hash tree of RFC 6962: known roots, and proofs that hold for every size and break with every bit."""

from hashlib import sha256

import pytest

from shared.audit.hashing import (
    Frontier,
    Hash,
    Subtree,
    consistency,
    consistent,
    folded,
    includes,
    inclusion,
    leaf_hash,
    node_hash,
    perfect,
    root_of,
)

MOST = 40
# The entries and roots that the reference implementation of Certificate Transparency is tested with.
ENTRIES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
LEAVES = [leaf_hash(str(number).encode()) for number in range(MOST)]


def of(leaves: list[Hash]) -> Subtree:
    """Every perfect subtree of these, computed from the definition."""

    def root(level: int, place: int) -> Hash:
        if level == 0:
            return leaves[place]
        return node_hash(root(level - 1, place * 2), root(level - 1, place * 2 + 1))

    return root


def defined(leaves: list[Hash]) -> Hash:
    """The root as RFC 6962 defines it."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(defined(leaves[:middle]), defined(leaves[middle:]))


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_roots_are_those_that_others_compute(size: int, root: str) -> None:
    grown = Frontier()
    for entry in ENTRIES[:size]:
        grown.add(leaf_hash(entry))
    assert grown.root.hex() == root


@pytest.mark.parametrize("size", range(1, MOST))
def test_a_tree_that_grows_has_the_root_of_the_definition(size: int) -> None:
    grown = Frontier()
    for leaf in LEAVES[:size]:
        grown.add(leaf)
    assert grown.root == defined(LEAVES[:size]) == root_of(size, of(LEAVES))
    assert folded([of(LEAVES)(level, place) for level, place in perfect(size)]) == grown.root


@pytest.mark.parametrize("size", range(1, MOST))
def test_a_leaf_is_proven_and_no_other(size: int) -> None:
    root = defined(LEAVES[:size])
    for number in range(size):
        path = inclusion(number, size, of(LEAVES))
        assert includes(LEAVES[number], number, size, path, root)
        assert not includes(LEAVES[number - 1] if size > 1 else LEAVES[1], number, size, path, root)
        assert not includes(LEAVES[number], number, size, [*path, root], root)
        assert not includes(LEAVES[number], number + 1, size, path, root)


@pytest.mark.parametrize("size", range(1, MOST))
def test_a_tree_that_only_grew_is_proven_and_no_other(size: int) -> None:
    root = defined(LEAVES[:size])
    for old in range(1, size + 1):
        before, proof = defined(LEAVES[:old]), consistency(old, size, of(LEAVES))
        assert consistent(old, before, size, root, proof)
        forked = defined([*LEAVES[: old - 1], leaf_hash(b"another")])
        assert not consistent(old, forked, size, root, proof)
        assert not consistent(old, before, size, root, [*proof, root])
