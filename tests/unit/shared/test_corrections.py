"""A correction says what is otherwise and nothing else, in every thing of every service."""

import importlib
from inspect import signature
from typing import Any, get_args, get_type_hints

import pytest
from fastapi.routing import APIRoute
from pydantic import ValidationError

from shared.model import Correction, Decided, Model
from tests.support.given import commands, made, made_of, may_be_null, routers

CORRECTIONS = [kind for kind in commands() if issubclass(kind, Correction) and kind is not Correction]
by_name = pytest.mark.parametrize("kind", CORRECTIONS, ids=lambda kind: kind.__name__)


def _open(kind: type[Correction]) -> dict[str, Any]:
    return {name: info for name, info in kind.model_fields.items() if name != "effective_at" and not info.is_required()}


def _needed(kind: type[Correction]) -> dict[str, Any]:
    return {n: made(info.annotation, info.metadata) for n, info in kind.model_fields.items() if info.is_required()}


def _world(kind: type[Correction]) -> tuple[Any, Any, Any]:
    """The rules of the corrected thing, a made-up state that may be corrected, and facts."""
    domain: Any = importlib.import_module(f"{kind.__module__.rpartition('.')[0]}.domain")
    hints = get_type_hints(domain.decide)
    state_class = next(found for found in get_args(hints["state"]) if found is not type(None))
    # Where a thing's commands have a module of their own, the table stands beside them.
    statuses = getattr(importlib.import_module(kind.__module__), "STATUSES", None) or domain.STATUSES
    status = next(status for status, heard in statuses.allowed.items() if kind in heard)
    known = {"person_ref": "0" * 32, "relationship": "HEAD", "implicated_caregiver": True}
    members = {"members": (known,)} if kind.__name__ == "CorrectMember" else {}
    form = {"form": "GOODS"} if "form" in state_class.model_fields else {}
    return domain.decide, made_of(state_class, status=status, **members, **form), made_of(hints["facts"])


def test_every_correct_route_takes_a_correction() -> None:
    bodies = [
        signature(route.endpoint).parameters["body"].annotation
        for router in routers()
        for route in router.routes
        if isinstance(route, APIRoute) and route.path.endswith("/correct")
    ]
    assert {body.__name__ for body in bodies} == {kind.__name__ for kind in CORRECTIONS}
    assert all(issubclass(body, Correction) for body in bodies)


@by_name
def test_an_empty_correction_changes_nothing_and_tells_nothing(kind: type[Correction]) -> None:
    decide, state, facts = _world(kind)
    assert decide(state, kind(**_needed(kind)), facts) == Decided(state)


@by_name
def test_null_is_refused_where_the_state_may_not_be_empty(kind: type[Correction]) -> None:
    for name, info in _open(kind).items():
        if not may_be_null(info.annotation):
            with pytest.raises(ValidationError):
                kind(**_needed(kind), **{name: None})
        else:
            assert kind(**_needed(kind), **{name: None}).changes() == {name: None}


@by_name
def test_what_may_be_cleared_may_be_empty_in_the_state(kind: type[Correction]) -> None:
    _, state, _ = _world(kind)
    if kind.__name__ == "CorrectMember":
        return
    for name, info in _open(kind).items():
        if name in type(state).model_fields and may_be_null(info.annotation):
            assert may_be_null(type(state).model_fields[name].annotation), name


class Thing(Model):
    """Something with a field that may be empty."""

    kind: str
    note: str | None = None


def test_what_is_left_out_stays() -> None:
    class CorrectThing(Correction):
        kind: str = ""
        note: str | None = None

    thing = Thing(kind="a", note="b")
    assert CorrectThing(kind="c").applied_to(thing) == Thing(kind="c", note="b")
    assert CorrectThing(note=None).applied_to(thing) == Thing(kind="a")
