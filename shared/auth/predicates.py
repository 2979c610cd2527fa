"""The same rules as a condition of SQL, for lists, counts and searches: met by rows whose single read is allowed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, false, literal, not_, or_, select, true

from shared.auth.belonging import CASES, REGISTERED, REGISTRAR, WHOLE, Belonging, Via
from shared.auth.caller import Caller, Role
from shared.auth.deciding import EVERYBODY
from shared.auth.policy import Policy, Rule, Scope
from shared.storage.tables import table_of

Condition = ColumnElement[bool]
Things = FromClause


def predicate(
    policy: Policy, caller: Caller, action: str, belonging: Belonging, things: Things, parts: Table, now: datetime
) -> Condition:
    """What the rows of `things` must meet. `parts` is the table of who has which part in what, and until when."""
    if caller.role is Role.SYSTEM:
        return true()
    rules = policy.admitting(caller, action)
    ways = [_Way(policy, caller, rule, scope, parts, now) for rule in rules for scope in rule.scopes]
    return or_(false(), *(way.met_by(belonging, things) for way in ways))


def lasts(until: ColumnElement[datetime], now: Any) -> Condition:
    """Of a part: that it does not end by itself, or has not yet."""
    return or_(until.is_(None), until > now)


class _Way:
    """One ground of one rule, for one caller."""

    def __init__(self, policy: Policy, caller: Caller, rule: Rule, scope: Scope, parts: Table, now: datetime) -> None:
        self._caller, self._scope, self._parts, self._now = caller, scope, parts, now
        self._known, self._shutting = policy.known(rule, scope), policy.shutting(scope)
        self._holding = policy.known(rule, Scope.OWN_ORGANISATION)
        self._throughout = self._shutting & policy.throughout

    def met_by(self, belonging: Belonging, things: Things) -> Condition:
        """The rows that are let in, and of which nothing shuts all."""
        met = self.over(belonging, things)
        shut = or_(false(), *self._shut_behind(belonging, things))
        return met if belonging.via is None or not self._throughout else and_(met, not_(shut))

    def _shut_behind(self, belonging: Belonging, things: Things) -> Iterator[Condition]:
        """A thing, or one behind it, struck out or not, in which the caller has a part that shuts all of it."""
        if belonging.subject is not None:
            yield self._has(belonging.subject, things, self._throughout)
        via = belonging.via
        if via is not None and not via.apart:
            behind = table_of(via.row).alias()
            shut = or_(false(), *self._shut_behind(via.belonging, behind))
            found = select(behind.c.ref).where(behind.c[via.there] == things.c[via.here], shut)
            yield found.exists()

    def over(self, belonging: Belonging, things: Things) -> Condition:
        """The rows that are let in by themselves, or through a thing behind them."""
        return or_(self._by_itself(belonging, things), *self._through(belonging, things))

    def _through(self, belonging: Belonging, things: Things) -> Iterator[Condition]:
        via = belonging.via
        if via is not None:
            behind = table_of(via.row).alias()
            found = select(behind.c[via.there]).where(_counts(via, behind), self.over(via.belonging, behind))
            yield things.c[via.here].in_(found)

    def _by_itself(self, belonging: Belonging, things: Things) -> Condition:
        holds = or_(false(), *self._grounds(belonging, things))
        if self._scope is Scope.HOLDERS_TEAM:
            holds = and_(holds, or_(false(), *self._held(belonging, things)))
        if belonging.subject is None or not self._shutting:
            return holds
        return and_(holds, not_(self._has(belonging.subject, things, self._shutting)))

    def _grounds(self, belonging: Belonging, things: Things) -> Iterator[Condition]:
        if self._scope is Scope.PUBLIC_DIRECTORY:
            yield true()
        if belonging.subject is not None and self._known:
            yield self._has(belonging.subject, things, self._known)
        yield from self._entered(belonging, things)
        yield from self._named(belonging, things)

    def _named(self, belonging: Belonging, things: Things) -> Iterator[Condition]:
        named = {Scope.ADDRESSED: belonging.addressee, Scope.SENDER: belonging.sender}
        column = named.get(self._scope)
        if self._scope is Scope.OWN_ORGANISATION:
            yield from self._held_by_name(belonging, things)
        elif self._scope is Scope.UNADDRESSED:
            yield from _unaddressed(belonging, things)
        elif column is not None:
            own = things.c[column] == self._caller.organisation_ref
            waits = belonging.while_in and self._scope is Scope.ADDRESSED
            yield and_(own, things.c.status.in_(belonging.while_in)) if waits else own

    def _held(self, belonging: Belonging, things: Things) -> Iterator[Condition]:
        """The caller's organisation holds it: by its name on it, or by its part in it."""
        yield from self._held_by_name(belonging, things)
        if belonging.subject is not None:
            yield self._has(belonging.subject, things, self._holding)

    def _held_by_name(self, belonging: Belonging, things: Things) -> Iterator[Condition]:
        if belonging.holder is not None:
            yield things.c[belonging.holder] == self._caller.organisation_ref

    def _entered(self, belonging: Belonging, things: Things) -> Iterator[Condition]:
        """Who entered it, and for which organisation, while it belongs to nothing else."""
        if belonging.entered_for is None:
            return
        here = [things.c[belonging.entered_for] == self._caller.organisation_ref, *_alone(belonging, things)]
        if REGISTERED in self._known:
            yield and_(*here)
        elif REGISTRAR in self._known and belonging.author is not None:
            yield and_(things.c[belonging.author] == self._caller.staff_ref, *here)

    def _has(self, subject: tuple[str, str], things: Things, kinds: frozenset[str]) -> Condition:
        """Whether the caller has a part of these kinds in the row, asked of each row that is looked at.

        A list is read in its order and ends with its page; a set of all refs instead would be read and sorted whole.
        PostgreSQL makes such a set by itself of an EXISTS that stands within an OR, and never of a scalar subquery.
        """
        kind, column = subject
        about = things.c[column] if kind == WHOLE else literal(f"{kind}/") + things.c[column]
        part = self._parts.c
        found = select(part.kind).where(
            part.subject == about,
            part.organisation_ref.in_((EVERYBODY, self._caller.organisation_ref)),
            part.staff_ref.in_((EVERYBODY, self._caller.staff_ref)),
            part.kind.in_(sorted(kinds)),
            lasts(part.until, self._now),
        )
        return found.limit(1).scalar_subquery().is_not(None)


def _unaddressed(belonging: Belonging, things: Things) -> Iterator[Condition]:
    """Nobody was named yet; or what may be about anything is about no case."""
    if belonging.subject is not None and belonging.subject[0] == WHOLE:
        yield not_(things.c[belonging.subject[1]].startswith(CASES))
        if belonging.adrift is not None:
            column, value = belonging.adrift
            yield things.c[column] == value
    elif belonging.addressee is not None:
        yield things.c[belonging.addressee].is_(None)


def _alone(belonging: Belonging, things: Things) -> Iterator[Condition]:
    """Where a thing can belong to somebody through others: that there is none of them."""
    via = belonging.via
    if via is not None:
        behind = table_of(via.row).alias()
        found = select(behind.c.ref).where(behind.c[via.there] == things.c[via.here], _counts(via, behind))
        yield not_(found.exists())


def _counts(via: Via, behind: Things) -> Condition:
    return true() if via.gone is None else behind.c.status != via.gone
