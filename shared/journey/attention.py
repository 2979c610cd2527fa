"""What a service leaves for people to look at, until one of them dismisses it with a reason.

A row is raised where a to-do ends in a refusal, or where a reaction asks for people. It is the service's own matter: no
event tells of it, and no other service has it. Who dismissed it, when and why stands in the row and in the audit.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import Connection, update

from shared.auth.belonging import WHOLE, Belonging
from shared.clock import Moment
from shared.codes import CodeOf, labelled
from shared.ids import StaffRef, derived_ref
from shared.journey.todos import Todo
from shared.model import C0, Command, Decided, Model, StatusTable
from shared.storage import add_if_new
from shared.storage.ledger import Ledger

Kind = Annotated[str, CodeOf("attention_kind")]
"""The reaction or deadline that calls people; the label says what happened and what to do."""

Reason = Annotated[str, CodeOf("attention_dismissal")]


@labelled("attention_status")
class AttentionStatus(StrEnum):
    """Whether somebody has still to look."""

    OPEN = "open"
    DISMISSED = "dismissed"


class AttentionState(Model):
    """What people are called to, about whom, and how it was settled."""

    status: C0[AttentionStatus]
    subject: C0[str]
    reaction: C0[str]
    code: C0[str]
    reason: C0[Reason | None] = None
    dismissed_by: C0[StaffRef | None] = None
    dismissed_at: C0[Moment | None] = None


class DismissAttention(Command):
    """Say that it was looked at, and what became of it."""

    reason: Reason


LOST_FACTS = "facts_lost"
"""Why people are called where facts are told no more, in the list `attention_kind`."""
WHOSE = Belonging(subject=(WHOLE, "subject"), adrift=("reaction", LOST_FACTS))
"""What is about a case is for those who work on it and the organisation that holds it.

Which those are may be among what was lost: then it is for every supervisor.
"""
STATUSES = StatusTable(
    "attention",
    opening=frozenset(),
    allowed={AttentionStatus.OPEN: frozenset({DismissAttention}), AttentionStatus.DISMISSED: frozenset()},
)


@dataclass(frozen=True)
class Facts:
    """Who dismisses, and when."""

    actor: StaffRef
    at: datetime


def decide(state: AttentionState, command: DismissAttention, facts: Facts) -> Decided[AttentionState]:
    """Dismissed once, for one reason. The same reason again decides nothing, whoever gives it."""
    if state.reason == command.reason:
        return Decided(state)
    STATUSES.check(state.status, command)
    dismissed = state.but(
        status=AttentionStatus.DISMISSED,
        reason=command.reason,
        dismissed_by=facts.actor,
        dismissed_at=facts.at,
    )
    return Decided(dismissed, own_matter=True)


def give_to_people(conn: Connection, ledger: Ledger, secret: bytes, todo: Todo, code: str, at: datetime) -> bool:
    """Raise the row that a to-do ends as, in the transaction that ends it. Of one cause people are called once.

    Whether this was the once.
    """
    row: dict[str, Any] = {
        "ref": derived_ref(secret, "attention", todo.cause, todo.reaction),
        "version": 1,
        "status": AttentionStatus.OPEN.value,
        "subject": todo.subject,
        "cause": todo.cause,
        "reaction": todo.reaction,
        "code": code,
        "at": at,
        "recorded_at": at,
        "updated_at": at,
    }
    return conn.execute(add_if_new(ledger.attention, conn.dialect.name), row).rowcount > 0


def settle(conn: Connection, ledger: Ledger, called: tuple[str, str, str], by: StaffRef, at: datetime) -> None:
    """What people were called to was done by somebody's own act, in the transaction of that act.

    `called` are the subject, the deadline that called them, and the ref of the thing that it was planted with.
    """
    rows, (subject, reaction, ref) = ledger.attention, called
    waiting = (rows.c.subject == subject, rows.c.reaction == reaction, rows.c.status == AttentionStatus.OPEN.value)
    done = {"status": AttentionStatus.DISMISSED.value, "reason": "DONE_BY_HAND", "dismissed_by": by, "dismissed_at": at}
    conn.execute(
        update(rows)
        .where(*waiting, rows.c.cause.contains(ref, autoescape=True))
        .values(**done, updated_at=at, version=rows.c.version + 1)
    )
