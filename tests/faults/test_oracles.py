"""The oracles themselves: exact books with one row lost, doubled, swapped or changed are never called exact."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.test_what_arrives import HEALTHY, written
from tests.support.load.ground import Books, Ground
from tests.support.load.oracles import faults
from tests.support.load.pair import pair
from tests.support.load.refolding import refolded

Tamper = Callable[[Any], None]


def _pop(service: str, table: str) -> Tamper:
    return lambda rows: rows[service][table].pop()


def _double(service: str, table: str) -> Tamper:
    return lambda rows: rows[service][table].append(rows[service][table][0])


def _change(service: str, table: str, **values: Any) -> Tamper:
    return lambda rows: rows[service][table][0].update(values)


TAMPERED: dict[str, Tamper] = {
    "a fact is gone from the journal": _pop("intake", "journal"),
    "a fact was never heard": _pop("grants", "heard"),
    "a fact is held": _change("grants", "heard", status="held"),
    "a fact was heard with other words": _change("grants", "heard", data='{"number":1}'),
    "a fact forgot its request": _change("grants", "heard", correlation="another"),
    "a change has no fact": _change("intake", "load_tally", number=99),
    "a stream stands elsewhere": _change("intake", "stream", version=99),
    "a facet is behind": _change("grants", "facet", version=1),
    "a facet saw another order": _change("grants", "facet", data={"count": 4, "last": 4, "in_order": False}),
    "a facet counted twice": _change("grants", "facet", data={"count": 5, "last": 4, "in_order": True}),
    "a facet is gone": _pop("grants", "facet"),
    "a reaction ran twice": _double("grants", "load_answer"),
    "a reaction is lost": _pop("grants", "load_answer"),
    "an answer names no cause": _change("grants", "journal", causation="nothing"),
    "a deadline is lost": _pop("intake", "load_look"),
    "a to-do is left": lambda rows: rows["grants"]["todo"].append({"subject": "case/1"}),
    "a fact is pending": lambda rows: rows["intake"]["pending"].append({"journal_id": 1}),
    "a place in the feed is given twice": _change("intake", "journal", position=2),
    "a key is forgotten": _pop("intake", "idempotency"),
    "people were told twice": lambda rows: rows["grants"]["attention"].append({"subject": "case/1"}),
}


@pytest.fixture
async def exact(embedded: Ground, seed: int) -> Books:
    async with pair(embedded, seed) as one:
        await written(one, 8, HEALTHY[:3])
        return await one.exact()


async def test_whatever_is_changed_is_noticed(exact: Books) -> None:
    assert faults(exact) == []
    unnoticed = []
    for what, tamper in TAMPERED.items():
        rows = copy.deepcopy(dict(exact.rows))
        tamper(rows)
        if not faults(Books(rows, exact.answered)):
            unnoticed.append(what)
    assert unnoticed == []


async def test_an_answer_without_its_change_is_noticed(exact: Books) -> None:
    lost = {"request": "r", "key": "k", "positions": {"case/" + "0" * 32: 1}}
    for replayed in (False, True):
        found = faults(Books(exact.rows, [*exact.answered, {**lost, "replayed": replayed}]))
        assert any("answered and lost" in fault for fault in found)


async def test_a_view_that_is_no_fold_of_its_history_is_noticed(exact: Books) -> None:
    rows: Any = copy.deepcopy(dict(exact.rows))
    assert await refolded(Books(rows, exact.answered)) == []
    rows["grants"]["facet"][0]["data"] = {"count": 0, "last": 0, "in_order": True}
    assert await refolded(Books(rows, exact.answered)) == ["grants: facet differs from its fold"]
