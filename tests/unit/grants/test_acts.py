"""The last act of a grant stands in a clear column, so nothing private may be in it, under whatever name."""

from datetime import UTC, datetime
from typing import Any

from services.grants.applications.commands import DraftApplication
from services.grants.applications.duties import act_of
from services.grants.applications.state import PlanNotes
from services.grants.businesses.commands import CheckBusiness
from services.grants.businesses.state import VisitNotes
from shared.model import C1, C2, C3, C4, Command, Model
from shared.testing import ref

ACTOR = ref("dara")


class Neighbour(Model):
    """Somebody who knows more."""

    name: C2[str]
    street: C4[str]
    relationship: C1[str]


class AskNeighbours(Command):
    """A command that nobody has written yet, with private fields under names of its own."""

    count: int
    said: C3[str | None] = None
    neighbours: tuple[Neighbour, ...] = ()


def test_an_act_holds_no_private_field_whatever_its_name() -> None:
    neighbour = Neighbour(name="secret", street="secret", relationship="AUNT")
    act = act_of(ACTOR, AskNeighbours(count=1, said="secret", neighbours=(neighbour,)))
    assert "secret" not in act.content
    assert act.content == '{"count":1,"neighbours":[{"relationship":"AUNT"}]}'


def test_the_words_of_plans_and_visits_are_in_no_act() -> None:
    assert "notes" in DraftApplication.model_fields
    said: dict[str, Any] = {"notes": PlanNotes(words="secret")}
    seen: dict[str, Any] = {"notes": VisitNotes(words="secret")}
    draft, visit = DraftApplication.model_construct(**said), CheckBusiness.model_construct(**seen)
    assert "secret" not in act_of(ACTOR, draft).content + act_of(ACTOR, visit).content


def test_the_time_of_an_act_is_not_part_of_it() -> None:
    at = datetime(2026, 11, 4, tzinfo=UTC)
    assert act_of(ACTOR, AskNeighbours(count=1)) == act_of(ACTOR, AskNeighbours(count=1, effective_at=at))
    assert act_of(ACTOR, AskNeighbours(count=1)) != act_of(ACTOR, AskNeighbours(count=2))
