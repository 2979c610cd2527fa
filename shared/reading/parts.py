"""Asks the store for parts: a caller's in one subject or in many, and the subjects in which they have one of a kind."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from shared.auth import EVERYBODY, Caller, lasts
from shared.auth.leaving import GONE
from shared.storage import among
from shared.storage.ledger import Ledger


@cache
def parts_of(ledger: Ledger) -> Select[Any]:
    """The caller's in one subject, and whether they left their `home`."""
    return _of_caller(ledger, ledger.relation.c.subject.in_((bindparam("subject"), bindparam("home"))))


@cache
def parts_in(ledger: Ledger, dialect: str) -> Select[Any]:
    """The caller's in many subjects at once."""
    return _of_caller(ledger, among(ledger.relation.c.subject, "subjects", dialect))


@cache
def having(ledger: Ledger) -> Select[Any]:
    """The subjects in which the caller has a part of a kind."""
    part = ledger.relation.c
    query = select(part.subject).distinct().where(part.kind == bindparam("kind")).order_by(part.subject)
    return query.where(*of_caller(ledger))


@cache
def whose(ledger: Ledger, dialect: str) -> Select[Any]:
    """Everybody who has a part of a kind in one of many subjects."""
    part = ledger.relation.c
    query = select(part.staff_ref).distinct().where(part.kind == bindparam("kind")).order_by(part.staff_ref)
    return query.where(among(part.subject, "subjects", dialect))


def _of_caller(ledger: Ledger, about: ColumnElement[bool]) -> Select[Any]:
    return select(ledger.relation).where(about, *of_caller(ledger))


def of_caller(ledger: Ledger) -> tuple[ColumnElement[bool], ...]:
    """Of a row of parts: that it is the caller's and lasts, or that they left, which is kept when they are back."""
    part = ledger.relation.c
    return (
        part.organisation_ref.in_((EVERYBODY, bindparam("organisation_ref"))),
        part.staff_ref.in_((EVERYBODY, bindparam("staff_ref"))),
        or_(lasts(part.until, bindparam("now")), part.kind == GONE),
    )


def who(caller: Caller) -> dict[str, str]:
    """What `of_caller` is given of the caller."""
    return {"staff_ref": caller.staff_ref, "organisation_ref": caller.organisation_ref}
