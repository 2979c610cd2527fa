"""Refs and case numbers."""

import copy
import pickle

from hypothesis import assume, given
from hypothesis import strategies as st

from shared.ids import Subject, case_number, derived_ref, pseudonym, random_ref

REFS = st.text("0123456789abcdef", min_size=32, max_size=32)
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def checked(number: str) -> bool:
    """Whether a case number's last symbol fits the others."""
    symbols = number.replace("-", "")
    total = sum((place + 1) * ALPHABET.index(mark) for place, mark in enumerate(symbols[:9]))
    return ALPHABET[total % len(ALPHABET)] == symbols[9]


def test_random_refs_differ() -> None:
    assert len({random_ref() for _ in range(1000)}) == 1000


def test_a_derived_ref_needs_the_secret() -> None:
    assert derived_ref(b"a", "x", "y") == derived_ref(b"a", "x", "y")
    assert derived_ref(b"a", "x", "y") != derived_ref(b"b", "x", "y")
    assert derived_ref(b"a", "xy") != derived_ref(b"a", "x", "y")


@given(REFS)
def test_a_case_number_is_readable_and_checked(ref: str) -> None:
    number = case_number(ref)
    assert len(number) == 12
    assert checked(number)
    assert ref[:8] not in number


@given(REFS, st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_mistyped_symbol_is_found(ref: str, place: int, typed: str) -> None:
    symbols = list(case_number(ref).replace("-", ""))
    assume(symbols[place] != typed)
    symbols[place] = typed
    assert not checked("".join(symbols))


@given(REFS, st.integers(0, 7))
def test_two_swapped_symbols_are_found(ref: str, place: int) -> None:
    symbols = list(case_number(ref).replace("-", ""))
    assume(symbols[place] != symbols[place + 1])
    symbols[place], symbols[place + 1] = symbols[place + 1], symbols[place]
    assert not checked("".join(symbols))


def test_pseudonyms_are_stable_and_apart() -> None:
    assert pseudonym("staff", "sok") == pseudonym("staff", "sok")
    assert pseudonym("staff", "sok") != pseudonym("organisation", "sok")


def test_a_subject_is_its_name_and_can_be_copied() -> None:
    subject = Subject("case", "a" * 32)
    assert subject == "case/" + "a" * 32
    assert copy.deepcopy(subject) == subject and pickle.loads(pickle.dumps(subject)) == subject  # noqa: S301 -- our own
