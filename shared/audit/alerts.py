"""What the audit shows that people must look at: told once, in the transaction that numbers the entries that show it.

An alert names who, or which case, by refs alone. Whoever looks finds the entries behind it by `GET .../audit`.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from shared.audit.mapping import DONE
from shared.auth import Role
from shared.clock import LOCAL
from shared.ids import Subject
from shared.journey.attention import give_to_people
from shared.journey.todos import Todo
from shared.settings import Settings
from shared.storage.ledger import Ledger
from shared.writing.unknown import NOBODY

CANARY, PROBING, DORMANT, TWO_ORGANISATIONS, SILENT = (
    "canary_read",
    "many_refusals",
    "dormant_account_active",
    "case_seen_by_two_organisations",
    "witness_silent",
)
"""Why people are called, in the list `attention_kind`."""
KINDS = frozenset({CANARY, PROBING, DORMANT, TWO_ORGANISATIONS, SILENT})
WITHIN = timedelta(minutes=10)
OLD = timedelta(hours=1)
"""Nobody is called to what is older: a store that gets its tree only now has years of entries."""
SEALED = frozenset({"C2", "C3", "C4"})
NO_ACCOUNT = frozenset({Role.SYSTEM.value, NOBODY})
"""Nobody stands behind these: the product itself, and whoever was never known."""
Entry = Mapping[Any, Any]

log = logging.getLogger(__name__)


class NoCanaries(ValueError):
    """The file that settings name cannot be read, or holds something else than refs of cases."""


@dataclass(frozen=True)
class Alert:
    """Something to tell people: of what kind, about whom, and what makes it the same as one that was told before."""

    kind: str
    subject: str
    once: str


@dataclass(frozen=True)
class Limits:
    """When people are told. `same_case` is nothing where organisations meet about cases all day."""

    canaries: frozenset[str] = frozenset()
    refusals: int = 30
    dormant: timedelta = timedelta(days=90)
    same_case: timedelta = timedelta()
    silence: timedelta = timedelta(minutes=10)


def limits_of(settings: Settings) -> Limits:
    """As settings say. Raises NoCanaries."""
    return Limits(
        canaries=canaries_in(settings.canary_file),
        refusals=settings.refusals_told,
        dormant=timedelta(days=settings.dormant_days),
        same_case=timedelta(minutes=settings.same_case_minutes),
        silence=timedelta(minutes=settings.witness_minutes),
    )


def canaries_in(path: Path | None) -> frozenset[str]:
    """The cases that are nobody's: one ref on each line. Whoever reads one looks where no work leads."""
    if path is None:
        return frozenset()
    try:
        refs = path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise NoCanaries(f"{path} cannot be read ({type(error).__name__})") from None
    if any(len(ref) != 32 or set(ref) - set("0123456789abcdef") for ref in refs):
        raise NoCanaries(f"{path} holds something else than refs of cases, one on each line")
    return frozenset(f"case/{ref}" for ref in refs)


@dataclass
class Alerts:
    """What one process tells of one service. What it knows of callers' last days spares it a question each time."""

    limits: Limits
    _seen: dict[str, datetime] = field(default_factory=dict)

    def raised(self, conn: Connection, ledger: Ledger, secret: bytes, entries: Sequence[Entry], now: datetime) -> None:
        """Tell people what these entries, which have just got their numbers, show."""
        recent = [entry for entry in entries if entry["role"] not in NO_ACCOUNT and now - entry["at"] < OLD]
        for alert in self._shown(conn, ledger, recent):
            tell(conn, ledger, secret, alert, now)

    def forget(self) -> None:
        """Another process told of what was until now."""
        self._seen.clear()

    def _shown(self, conn: Connection, ledger: Ledger, entries: Sequence[Entry]) -> Iterator[Alert]:
        yield from self._canaries(entries)
        yield from self._probing(conn, ledger, entries)
        yield from self._dormant(conn, ledger, entries)
        if self.limits.same_case:
            yield from self._meeting(conn, ledger, entries)

    def _canaries(self, entries: Sequence[Entry]) -> Iterator[Alert]:
        for entry in entries:
            if self.limits.canaries.intersection(entry["subjects"]):
                yield Alert(CANARY, _staff(entry), f"{entry['staff_ref']}|{_hour(entry)}")

    def _probing(self, conn: Connection, ledger: Ledger, entries: Sequence[Entry]) -> Iterator[Alert]:
        refused = [entry for entry in entries if entry["decision"] not in DONE]
        audit = ledger.audit.c
        for staff, last in {entry["staff_ref"]: entry for entry in refused}.items():
            query = select(func.count()).where(
                audit.staff_ref == staff,
                audit.at > last["at"] - WITHIN,
                audit.at <= last["at"],
                audit.decision.not_in(DONE),
            )
            if conn.execute(query).scalar_one() >= self.limits.refusals:
                yield Alert(PROBING, _staff(last), f"{staff}|{_hour(last)}")

    def _dormant(self, conn: Connection, ledger: Ledger, entries: Sequence[Entry]) -> Iterator[Alert]:
        audit = ledger.audit.c
        for entry in entries:
            staff, at = entry["staff_ref"], entry["at"]
            before = self._seen.get(staff)
            if before is None:
                query = select(func.max(audit.at)).where(audit.staff_ref == staff, audit.at < at)
                before = conn.execute(query).scalar_one_or_none()
            self._seen[staff] = max(at, before or at)
            if before is not None and at - before > self.limits.dormant:
                yield Alert(DORMANT, _staff(entry), f"{staff}|{before.isoformat()}")

    def _meeting(self, conn: Connection, ledger: Ledger, entries: Sequence[Entry]) -> Iterator[Alert]:
        opened = [entry for entry in entries if SEALED.intersection(entry["classes"])]
        cases = Counter((one, entry["id"]) for entry in opened for one in entry["subjects"] if one.startswith("case/"))
        by_id, audit, about = {entry["id"]: entry for entry in opened}, ledger.audit.c, ledger.audit_about.c
        for case, number in cases:
            entry = by_id[number]
            other = (
                select(audit.classes)
                .join(ledger.audit_about, about.audit_id == audit.id)
                .where(
                    about.subject == case,
                    audit.at > entry["at"] - self.limits.same_case,
                    audit.at <= entry["at"],
                    audit.organisation_ref != entry["organisation_ref"],
                    audit.role != Role.SYSTEM.value,
                )
            )
            if any(SEALED.intersection(classes) for classes in conn.execute(other).scalars()):
                yield Alert(TWO_ORGANISATIONS, case, f"{case}|{_hour(entry)}")


def tell(conn: Connection, ledger: Ledger, secret: bytes, alert: Alert, now: datetime) -> bool:
    """Leave it to people, once; whether this was the once. The log says no more than its kind."""
    todo = Todo(0, alert.once, alert.kind, alert.subject, None, 0, None)
    told = give_to_people(conn, ledger, secret, todo, alert.kind, now)
    if told:
        log.error("the audit calls people", extra={"kind": alert.kind})
    return told


def _staff(entry: Entry) -> str:
    return Subject("staff", entry["staff_ref"])


def _hour(entry: Entry) -> str:
    return str(entry["at"].astimezone(LOCAL).strftime("%Y-%m-%dT%H"))
