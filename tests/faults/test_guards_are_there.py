"""Each guard that `tests.faults.mutations` breaks stands where it looks for it: else it would break nothing."""

import pytest

from tests.faults.mutations.__main__ import ROOT, broken
from tests.faults.mutations.guards import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.guard)
def test_a_guard_is_found_and_its_test_is_there(mutation: Mutation) -> None:
    text = (ROOT / mutation.path).read_text("utf-8")
    assert broken(text, mutation) != text
    file, _, name = mutation.test.partition("::")
    assert f"def {name.partition('[')[0]}(" in (ROOT / file).read_text("utf-8")
