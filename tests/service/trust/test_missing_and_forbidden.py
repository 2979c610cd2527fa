"""An attack that once worked: what is forbidden took longer to refuse than what is missing."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from services import SERVICES
from services.screening.determinations.queries import assessment
from services.screening.interviews.queries import answers
from shared.auth import Caller, Purpose
from shared.errors import NotFound
from shared.ids import pseudonym
from shared.runtime import Kept
from shared.sealing import Keys
from shared.testing import ref
from shared.writing.handling import handling_of
from shared.writing.work import look
from tests.conftest import Start
from tests.support.prepared import prepared
from tests.support.seen import listed_things, stored

NOWHERE = ref("nothing has this ref")
OF_MANY = re.compile(r"IN \(.*?\) AND")
"""However many there are of something, it is one statement."""

FURTHER = {"interview": answers, "determination": assessment}
"""What else is read of one thing."""


@contextmanager
def work_done(monkeypatch: pytest.MonkeyPatch, kept: Kept) -> Iterator[list[str]]:
    """The SQL statements and the keys and sealed values that were asked for meanwhile."""
    done: list[str] = []

    def spoken(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        done.append(OF_MANY.sub("IN (…) AND", statement))

    obtain, opened = kept.key_store.obtain, Keys._opened

    async def asked(*given: Any, **more: Any) -> Any:
        done.append("keys")
        return await obtain(*given, **more)

    def open_(*given: Any) -> Any:
        done.append("opened")
        return opened(*given)

    event.listen(Engine, "before_cursor_execute", spoken)
    with monkeypatch.context() as changed:
        changed.setattr(kept.key_store, "obtain", asked)
        changed.setattr(Keys, "_opened", open_)
        yield done
    event.remove(Engine, "before_cursor_execute", spoken)


def strangers(kept: Kept, action: str) -> Iterator[Caller]:
    """Somebody of another house in each role that a rule of the action is for."""
    who, house = pseudonym("staff", "far"), pseudonym("organisation", "far-house")
    for role in sorted({role for rule in kept.policy.by_action[action] for role in rule.roles}):
        yield Caller(who, house, role, Purpose.PROTECTION)


@pytest.mark.parametrize("name", SERVICES)
async def test_attack_10_missing_and_forbidden_are_the_same_work(
    start: Start, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: every single read, by everybody to whom it is forbidden."""
    world = await prepared(start, name)
    kept, compared = world.running[name].kept, 0

    async def work(query: Callable[..., Any], who: Caller, ref_: str) -> list[str] | None:
        with work_done(monkeypatch, kept) as done:
            try:
                await look(kept, "a request", who, query, ref=ref_)
            except NotFound:
                return done
        return None

    for things in listed_things(name):
        table = stored(things)
        there = (await world.rows(name, table))[0]["ref"]
        for query in (things.read, *([FURTHER[table]] if table in FURTHER else [])):
            for who in strangers(kept, handling_of(query).action):
                forbidden = await work(query, who, there)
                if forbidden is not None:
                    assert forbidden == await work(query, who, NOWHERE), (handling_of(query).action, who.role)
                    compared += 1
    assert compared > len(list(listed_things(name)))
