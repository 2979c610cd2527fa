"""What rows about grants need: sums that meet, an adult who may have one, parts that follow one another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.clock import local_day
from story.ages import is_child
from story.casting import at_work
from story.problem import Problem

if TYPE_CHECKING:
    from story.later_rows import Instalment
    from story.scenario import Scenario

SHARES = (60, 40)
EVIDENCE = 80
"""In percent: how the services divide a grant, and how much of a part must be shown before the next one."""

COMMITTEE, MOST_COSTS = 3, 60
TRAINING = "SKL-FIN"


def sums(scenario: Scenario) -> Iterator[Problem]:
    """The plan's lines and the instalments each make the whole grant; all grants fit into the budget."""
    programme, promised = scenario.header.programme, 0
    for line, grant in scenario.grants.located():
        costs = [cost.quantity * cost.unit_price for cost in scenario.costs if cost.grant == grant.key]
        paid = sum(part.amount for part in scenario.instalments if part.grant == grant.key)
        for file, whole in (("costs.csv", sum(costs)), ("instalments.csv", paid)):
            if whole != grant.amount:
                yield Problem("grants.csv", line, "amount", f"the lines of {file} make {whole}")
        if len(costs) > MOST_COSTS:
            yield Problem("grants.csv", line, "key", f"has {len(costs)} lines in costs.csv; {MOST_COSTS} at most")
        promised += grant.amount
        if programme is not None and grant.amount > programme.ceiling:
            yield Problem("grants.csv", line, "amount", "is more than the programme gives to one household")
        if programme is not None and promised > programme.budget:
            yield Problem("grants.csv", line, "amount", "is more than is left of the programme's budget")


def grants(scenario: Scenario) -> Iterator[Problem]:
    """One for a household, to a trained adult who consented, judged by three who had no other part in it."""
    first: dict[str, int] = {}
    consented = {row.person for row in scenario.consents if (row.purpose, row.answer) == ("GRANT", "GRANTED")}
    trained = {row.person for row in scenario.help if (row.through, row.code) == ("REFERRAL", TRAINING)}
    for line, grant in scenario.grants.located():
        person = scenario.person[grant.person]
        there = first.setdefault(person.household, line)
        told = {
            "person": (there != line and f"the household has a grant on line {there}")
            or (is_child(person, local_day(grant.submitted)) and f"{person.key} may be a child")
            or (bool(person.implicated_for) and f"{person.key} is implicated")
            or (person.key not in consented and f"{person.key} gave no consent to a GRANT")
            or (person.key not in trained and f"{person.key} has no {TRAINING} in help.csv"),
            "risks": not grant.risks and "names no risk",
            "committee": len(grant.committee) < COMMITTEE and f"takes {COMMITTEE} people",
            "prepared_by": _two_parts(grant.committee, grant.prepared_by, grant.assessed_by),
        }
        yield from (Problem("grants.csv", line, column, message) for column, message in told.items() if message)
    for line, check in scenario.checks.located():
        grant = next(row for row in scenario.grants if row.key == check.grant)
        if check.visitor not in at_work(scenario, grant.person) | {grant.prepared_by}:
            yield Problem("checks.csv", line, "visitor", f"{check.visitor} works neither on the case nor on the grant")


def _two_parts(committee: tuple[str, ...], *others: str) -> str | None:
    both = set(committee) & set(others)
    return f"{min(both)} stands in two places" if both else None


def instalments(scenario: Scenario) -> Iterator[Problem]:
    """Numbered from one, of the shares that the services divide by; each paid after the one before was shown."""
    for grant in scenario.grants:
        parts = [(line, row) for line, row in scenario.instalments.located() if row.grant == grant.key]
        before: Instalment | None = None
        for place, (line, row) in enumerate(sorted(parts, key=lambda part: part[1].number), 1):
            share = grant.amount * SHARES[0] // 100 if place == 1 else grant.amount - grant.amount * SHARES[0] // 100
            if row.number != place or place > len(SHARES):
                yield Problem("instalments.csv", line, "number", f"a grant has {len(SHARES)} parts, numbered from 1")
            elif row.amount != share:
                yield Problem("instalments.csv", line, "amount", f"this part of the grant is {share}")
            yield from _shown(scenario, line, row, before)
            before = row


def _shown(scenario: Scenario, line: int, row: Instalment, before: Instalment | None) -> Iterator[Problem]:
    missing = [column for column in ("paid", "receipts", "evidenced") if getattr(row, column) is None]
    if (row.receipts is None) is not (row.evidenced is None) or (row.reconciled and missing):
        yield Problem("instalments.csv", line, "reconciled", f"{', '.join(missing)} comes before")
    if row.evidenced and row.paid is None:
        yield Problem("instalments.csv", line, "paid", "is required where receipts are shown")
    if row.reconciled and row.receipts is not None and row.receipts < row.amount:
        yield Problem("instalments.csv", line, "receipts", "do not cover what was paid")
    if row.paid is None or before is None:
        return
    if before.paid is None or before.evidenced is None or not before.evidenced < row.paid:
        yield Problem("instalments.csv", line, "paid", "comes before the receipts of the part before")
    elif (before.receipts or 0) * 100 < before.amount * EVIDENCE:
        yield Problem("instalments.csv", line, "paid", f"the part before is shown by less than {EVIDENCE} percent")
    if not any(check.grant == row.grant and before.paid and check.at >= before.paid for check in scenario.checks):
        yield Problem("instalments.csv", line, "paid", "nobody looked at the business after the part before")
