"""`docs/promise.md` has all 34 rows of the matrix, and every sentence and row names tests that exist.

So does every row of `docs/protection.md`.
"""

import re
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.architecture.test_facts import NAMED, unknown_tests

PROMISE, PROTECTION = ROOT / "docs/promise.md", ROOT / "docs/protection.md"
PROTECTED = re.compile(r"^\| (P\d+) \| (.+\.) \| (.+) \|$", re.MULTILINE)
FAULT = re.compile(r"^\| (\d+) \| .+ \| ([EK ]+) \| (.+) \|$", re.MULTILINE)
SENTENCE = re.compile(r"^\| ([A-Z].+\.) \| (.+) \|$", re.MULTILINE)
BOTH = frozenset("EK")
ONLY = {**dict.fromkeys((15, 16, 17, 18, 19, 20, 21, 22, 23, 32), frozenset("K")), 26: frozenset("E")}


def test_every_fault_has_its_row_and_its_grounds() -> None:
    rows = FAULT.findall(PROMISE.read_text("utf-8"))
    assert [int(number) for number, _, _ in rows] == list(range(1, 35))
    assert {int(n): frozenset(where.split()) for n, where, _ in rows} == {n: ONLY.get(n, BOTH) for n in range(1, 35)}


def test_every_row_and_sentence_is_proven() -> None:
    text = PROMISE.read_text("utf-8")
    proofs = [proof for *_, proof in (*FAULT.findall(text), *SENTENCE.findall(text))]
    assert len(proofs) > 34
    assert [proof for proof in proofs if not NAMED.search(proof)] == []


@pytest.mark.parametrize("page", [PROMISE, PROTECTION], ids=lambda page: page.name)
def test_every_named_test_exists(page: Path) -> None:
    assert unknown_tests(page.read_text("utf-8")) == []


def test_every_line_of_protection_is_proven() -> None:
    rows = PROTECTED.findall(PROTECTION.read_text("utf-8"))
    assert rows
    assert [proof for *_, proof in rows if not NAMED.search(proof)] == []
