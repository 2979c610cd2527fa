"""A small-business grant from the plan to the second instalment; each step by another person."""

from datetime import timedelta

from story.desk import Desk, Json
from story.header import Programme
from story.later_rows import Grant, Instalment
from story.reception import person_ref
from story.refusals import behind

PROGRAMMES, APPLICATIONS, INSTALMENTS = "/grants/v1/programmes", "/grants/v1/applications", "/grants/v1/instalments"
BUSINESSES = "/grants/v1/businesses"
PARTS = {"GRANT": "prepared_by", "ASSESSOR": "assessed_by", "DISBURSER": "paid_by", "RECONCILER": "reconciled_by"}


async def open_(desk: Desk, programme: Programme) -> None:
    """Open the budget line."""
    body = {
        "ref": desk.ref("programme", programme.key),
        "name": programme.key,
        "currency": programme.currency,
        "budget": programme.budget,
        "terms": {"ceiling": programme.ceiling},
    }
    await desk.post(desk.scenario.on_duty("SUPERVISES"), PROGRAMMES, body, programme.opened)


def _plan(desk: Desk, row: Grant) -> Json:
    costs = [cost for cost in desk.scenario.costs if cost.grant == row.key]
    programme = desk.scenario.header.programme
    assert programme is not None
    return {
        "form": "PICTURES",
        "activity": row.activity,
        "place": desk.scenario.place[desk.scenario.person[row.person].home].code,
        "currency": programme.currency,
        "costs": [{"kind": cost.item, "amount": cost.quantity * cost.unit_price} for cost in costs],
        "sales_per_month": row.sales_per_month,
        "own_contribution": row.own_contribution,
        "own_work_days": 20,
        "risks": list(row.risks),
        "without_child_labour": True,
    }


async def grant(desk: Desk, row: Grant) -> None:
    """From the first draft to the last receipt."""
    path = f"{APPLICATIONS}/{desk.ref('application', row.key)}"
    await _apply(desk, row, path)
    await _decide(desk, row, path)
    await _sign(desk, row, path)
    await _pay(desk, row, path)


async def _apply(desk: Desk, row: Grant, path: str) -> None:
    """The officer writes the plan down with the applicant, and names who will do what."""
    scenario = desk.scenario
    assert scenario.header.programme is not None
    preparer = scenario.staff[row.prepared_by]
    case_ref = desk.case(row.person)
    trained = [one for one in scenario.of(scenario.help, row.person) if one.through == "REFERRAL"]
    await desk.heard("grants", case_ref, "referrals.service_referral.completed", len(trained))
    draft = {
        "ref": desk.ref("application", row.key),
        "case_ref": case_ref,
        "programme_ref": desk.ref("programme", scenario.header.programme.key),
        "holders": [person_ref(desk, row.person)],
        "plan": _plan(desk, row),
    }
    await desk.post(preparer, APPLICATIONS, draft, row.submitted - timedelta(days=1))
    for kind, column in PARTS.items():
        if kind != "GRANT":
            worker = scenario.staff[getattr(row, column)]
            part = {
                "staff_ref": desk.staff(worker.key),
                "organisation_ref": desk.organisation(worker.organisation),
                "kind": kind,
            }
            await desk.change(preparer, path, "assign", row.submitted - timedelta(hours=2), **part)
    await desk.change(preparer, path, "submit", row.submitted)
    assessor = scenario.staff[row.assessed_by]
    await desk.change(assessor, path, "check-eligibility", row.submitted + timedelta(days=1), basis="GRANT_ADULT")


async def _decide(desk: Desk, row: Grant, path: str) -> None:
    """Assessed by somebody else, voted on by three."""
    scenario = desk.scenario
    preparer, chair = scenario.staff[row.prepared_by], scenario.staff[row.committee[0]]
    await desk.change(scenario.staff[row.assessed_by], path, "assess", row.assessed, recommended=True)
    members = [
        {"staff_ref": desk.staff(key), "organisation_ref": desk.organisation(scenario.staff[key].organisation)}
        for key in row.committee
    ]
    sent = row.decided - timedelta(days=1)
    await desk.change(preparer, path, "send-to-committee", sent, members=members, chair=desk.staff(chair.key))
    # Members who have decided see the case no longer: on a second run there is nobody to ask again.
    if (await desk.get(preparer, path) or {}).get("status") != "committee_review":
        return
    for key in row.committee:
        await desk.change(scenario.staff[key], path, "vote", row.decided, ballot="FOR")
    await desk.change(chair, path, "approve", row.decided + timedelta(minutes=30), amount=row.amount)


async def _sign(desk: Desk, row: Grant, path: str) -> None:
    """The agreement is read aloud and signed, and a copy left."""
    agreed = desk.scenario.staff[row.agreed_by]
    await desk.change(agreed, path, "sign-agreement", row.agreed, read_aloud=True, copy_left=True)


async def _pay(desk: Desk, row: Grant, path: str) -> None:
    """Each instalment is released, paid, shown to be spent and reconciled; a visit stands before the second."""
    ref = desk.ref("application", row.key)
    found = await desk.every(desk.scenario.staff[row.prepared_by], INSTALMENTS, application_ref=ref)
    by_number = {item["number"]: item["ref"] for item in found}
    scenario = desk.scenario
    rows = [one for one in scenario.instalments if one.grant == row.key and one.paid]
    for one in sorted(rows, key=lambda one: one.number):
        if one.number > 1:
            await _look(desk, row)
        with behind(scenario.where(one)):
            await _instalment(desk, row, one, f"{INSTALMENTS}/{by_number[one.number]}")
    if all(one.number == 1 for one in rows):
        await _look(desk, row)


async def _instalment(desk: Desk, row: Grant, one: Instalment, path: str) -> None:
    scenario = desk.scenario
    assert one.paid is not None and scenario.header.programme is not None
    payment = {
        "payment_ref": desk.ref("payment", row.key, str(one.number)),
        "currency": scenario.header.programme.currency,
    }
    await desk.change(scenario.staff[row.paid_by], path, "release", one.paid - timedelta(days=1), form="GOODS")
    await desk.change(scenario.staff[row.paid_by], path, "pay", one.paid, **payment)
    if one.receipts and one.evidenced:
        receipt = {
            "receipt_ref": desk.ref("receipt", row.key, str(one.number)),
            "kind": "RECEIPT",
            "amount": one.receipts,
            "currency": scenario.header.programme.currency,
        }
        await desk.change(scenario.staff[row.prepared_by], path, "add-receipt", one.evidenced, **receipt)
    if one.reconciled:
        await desk.change(scenario.staff[row.reconciled_by], path, "reconcile", one.reconciled)


async def _look(desk: Desk, row: Grant) -> None:
    """The visits to the business that the story tells of."""
    officer = desk.scenario.staff[row.prepared_by]
    found = await desk.every(officer, BUSINESSES, application_ref=desk.ref("application", row.key))
    for check in desk.scenario.checks:
        if check.grant == row.key:
            body = {
                "check_ref": desk.ref("check", row.key, f"{check.at:%Y%m%d}"),
                "state": "OPERATING" if check.running else "STRUGGLING",
                "findings": list(check.findings),
            }
            path = f"{BUSINESSES}/{found[0]['ref']}"
            with behind(desk.scenario.where(check)):
                await desk.change(desk.scenario.staff[check.visitor], path, "check", check.at, **body)
