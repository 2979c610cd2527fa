"""The same rules as a condition of SQL, for lists, counts and searches: met by rows whose single read is allowed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, and_, false, literal, not_, or_, select, true

from shared.auth.belonging import CASES, REGISTERED, REGISTRAR, WHOLE, Belonging, Via
from shared.auth.caller import Caller, Role
from shared.auth.deciding import EVERYBODY
from shared.auth.leaving import GONE, HERE, Leaving
from shared.auth.policy import Policy, Rule, Scope
from shared.storage.tables import table_of

Condition = ColumnElement[bool]
Things = FromClause


def predicate(
    policy: Policy,
    caller: Caller,
    action: str,
    belonging: Belonging,
    things: Things,
    parts: Table,
    now: datetime,
    leaving: Leaving = HERE,
) -> Condition:
    """What the rows of `things` must meet. `parts` is the table of who has which part in what, and until when.

    To whoever left no row is shown that a part of the kind GONE shuts; whoever came back has only parts of since then.
    """
    if caller.role is Role.SYSTEM:
        return true()
    rules = policy.admitting(caller, action)
    found = ((rule, scope) for rule in rules for scope in rule.scopes)
    open_ways = ((rule, scope) for rule, scope in found if not (leaving.away and GONE in policy.shutting(scope)))
    ways = [_Way(policy, caller, rule, scope, parts, now, leaving.back) for rule, scope in open_ways]
    return or_(false(), *(way.met_by(belonging, things) for way in ways))


def lasts(until: ColumnElement[datetime], now: Any) -> Condition:
    """Of a part: that it does not end by itself, or has not yet."""
    return or_(until.is_(None), until > now)


class _Way:
    """One ground of one rule, for one caller."""

    def __init__(
        self,
        policy: Policy,
        caller: Caller,
        rule: Rule,
        scope: Scope,
        parts: Table,
        now: datetime,
        back: datetime | None,
    ) -> None:
        self._back = back
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
        column, statuses = _column(belonging, self._scope)
        if self._scope is Scope.OWN_ORGANISATION:
            yield from self._held_by_name(belonging, things)
        elif self._scope is Scope.UNADDRESSED:
            yield from _unaddressed(belonging, things)
        elif self._scope is Scope.UNENGAGED:
            yield from _missing(belonging, belonging.engaged, things)
        elif column is not None:
            yield and_(things.c[column] == self._caller.organisation_ref, _now(statuses, things))

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
            since = [] if self._back is None else [things.c.recorded_at > self._back]
            yield and_(things.c[belonging.author] == self._caller.staff_ref, *since, *here)

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
            *self._since(part),
        )
        return found.limit(1).scalar_subquery().is_not(None)

    def _since(self, part: Any) -> Iterator[Condition]:
        """Of whoever came back: that a part of their own is of since then."""
        if self._back is not None:
            yield or_(part.staff_ref == EVERYBODY, part.organisation_ref == EVERYBODY, part.since > self._back)


def _column(belonging: Belonging, scope: Scope) -> tuple[str | None, frozenset[str]]:
    """The column that names an organisation for a ground, and the statuses in which it counts, if not in all."""
    if scope is Scope.ADDRESSED:
        return belonging.addressee, belonging.while_in
    if scope is Scope.ENGAGED:
        return belonging.engaged, belonging.engaged_in
    return (belonging.sender if scope is Scope.SENDER else None), frozenset()


def _now(statuses: frozenset[str], things: Things) -> Condition:
    return things.c.status.in_(sorted(statuses)) if statuses else true()


def _missing(belonging: Belonging, column: str | None, things: Things) -> Iterator[Condition]:
    """Nobody is named there yet, and somebody is waited for."""
    if column is not None:
        yield and_(things.c[column].is_(None), _now(belonging.waits_in, things))


def _unaddressed(belonging: Belonging, things: Things) -> Iterator[Condition]:
    """Nobody was named yet; or what may be about anything is about no case."""
    if belonging.subject is not None and belonging.subject[0] == WHOLE:
        yield not_(things.c[belonging.subject[1]].startswith(CASES))
        if belonging.adrift is not None:
            column, value = belonging.adrift
            yield things.c[column] == value
    else:
        yield from _missing(belonging, belonging.addressee, things)


def _alone(belonging: Belonging, things: Things) -> Iterator[Condition]:
    """Where a thing can belong to somebody through others: that there is none of them."""
    via = belonging.via
    if via is not None:
        behind = table_of(via.row).alias()
        found = select(behind.c.ref).where(behind.c[via.there] == things.c[via.here], _counts(via, behind))
        yield not_(found.exists())


def _counts(via: Via, behind: Things) -> Condition:
    return true() if via.gone is None else behind.c.status != via.gone
