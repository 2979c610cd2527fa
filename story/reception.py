"""At the transit centre: who they are, who belongs together, a bed, what is urgent, consent, and daily care."""

from datetime import datetime, timedelta

from story.desk import Desk, Json
from story.gate import detention, line_ref
from story.refusals import behind
from story.rows import Consent, Person

TEAM = {"SUPERVISES": "TEAM", "PROTECTS": "AUTHORITY"}
"""Which duties work on a case from its first day, and as what; social affairs on children's cases only."""

TOLD = ("purpose", "actual_use", "possible_use", "research_use", "right_of_access", "retention_time", "how_to_withdraw")
"""The seven things a person is told before consenting."""


def person_ref(desk: Desk, key: str) -> str:
    """The ref of somebody of people.csv."""
    return desk.ref("person", key)


def stay_path(desk: Desk, key: str) -> str:
    """Where somebody's stay is."""
    return f"/intake/v1/stays/{desk.ref('stay', key)}"


def _names(desk: Desk, person: Person) -> list[dict[str, str]]:
    written = {line.number: line.name for line in desk.scenario.listed}
    names = [
        {"full_name": person.name_km, "script": "KHMER", "order": "FAMILY_FIRST", "kind": "OWN"},
        {"full_name": person.name_latin, "script": "LATIN", "order": "FAMILY_FIRST", "kind": "TRANSCRIPTION"},
    ]
    if person.line is not None:
        names.append({"full_name": written[person.line], "script": "VIETNAMESE", "kind": "ON_LIST"})
    return names


def _birth(person: Person) -> Json:
    parts = [int(part) for part in (person.birth or "").split("-") if part]
    known = dict(zip(("year", "month", "day"), parts, strict=False))
    return {"precision": person.birth_precision, **known, "source": "FAMILY" if person.accompanied else "SELF"}


async def register(desk: Desk, person: Person) -> None:
    """Register somebody with the names they have, in the scripts in which they were written."""
    place = desk.scenario.place[person.home]
    home = {
        "country": place.country,
        "code": place.code,
        "valid_from": str(place.valid_from),
        "name_as_written": place.written,
    }
    phones = [{"number": person.phone, "owner": "SELF", "safe_to_call": True}] if person.phone else []
    body = {
        "ref": person_ref(desk, person.key),
        "sex": person.sex,
        "line_ref": line_ref(desk, person.line) if person.line else None,
        "nationality_claimed": "KH",
        "identity": {"names": _names(desk, person), "births": [_birth(person)], "phones": phones, "home": home},
    }
    if person.arrival == "ADDED":
        body["line_ref"] = desk.ref("added", person.key)
    at = desk.scenario.header.handover.reconciled
    await desk.post(desk.scenario.on_duty("RECEIVES"), "/intake/v1/persons", body, at)


async def gather(desk: Desk, household: str) -> None:
    """Put a family together; a caregiver suspected of exploiting is marked from the start."""
    members = [
        {
            "person_ref": person_ref(desk, person.key),
            "relationship": person.relation,
            "implicated_caregiver": bool(person.implicated_for),
        }
        for person in desk.scenario.people
        if person.household == household
    ]
    body = {"ref": desk.ref("household", household), "members": members}
    at = desk.scenario.header.handover.reconciled + timedelta(minutes=15)
    await desk.post(desk.scenario.on_duty("RECEIVES"), "/intake/v1/households", body, at)


async def _team(desk: Desk, person: Person, at: datetime) -> None:
    """Name those who will work on the case: without that, nobody could."""
    officer, path = desk.scenario.on_duty("RECEIVES"), f"/intake/v1/cases/{desk.case(person.key)}"
    for worker in desk.scenario.header.staff:
        for duty, kind in TEAM.items():
            if duty in worker.duties and (kind == "TEAM" or person.key in desk.scenario.children):
                who = {"staff_ref": desk.staff(worker.key), "organisation_ref": desk.organisation(worker.organisation)}
                await desk.change(officer, path, "assign", at, kind=kind, **who)


async def admit(desk: Desk, person: Person) -> None:
    """A case, a bed, and what is urgent, before anything is asked."""
    scenario, officer = desk.scenario, desk.scenario.on_duty("RECEIVES")
    stay = scenario.stay[person.key]
    held = [detention(scenario, str(person.detained_from), str(person.detained_until))] if person.detained_until else []
    case = {
        "ref": desk.case(person.key),
        "person_ref": person_ref(desk, person.key),
        "country": scenario.organisation[scenario.header.handover.sender].country,
        "handover_ref": desk.ref("handover", scenario.header.handover.key),
        "line_ref": line_ref(desk, person.line) if person.line else desk.ref("added", person.key),
        "detentions": held,
    }
    opened = scenario.header.handover.reconciled + timedelta(minutes=20)
    await desk.post(officer, "/intake/v1/cases", case, opened)
    await _team(desk, person, opened)
    body = {
        "ref": desk.ref("stay", person.key),
        "case_ref": desk.case(person.key),
        "bed": {"room": stay.room, "bed": stay.bed},
    }
    needs = list(stay.urgent_needs)
    with behind(scenario.where(stay)):
        await desk.post(officer, "/intake/v1/stays/admit", body, stay.admitted)
        await desk.change(officer, stay_path(desk, person.key), "check-urgent-needs", stay.urgent_checked, needs=needs)


def _giver(desk: Desk, row: Consent) -> dict[str, str]:
    if row.given_by in desk.scenario.staff:
        return {"giver": "SOCIAL_AFFAIRS_OFFICER"}
    if row.given_by == row.person:
        return {"giver": "SELF"}
    return {"giver": "CAREGIVER", "giver_ref": person_ref(desk, row.given_by)}


async def consent(desk: Desk, person: Person) -> None:
    """Each purpose and each recipient is a question of its own; no is an answer like yes."""
    for row in desk.scenario.of(desk.scenario.consents, person.key):
        asked: Json = {"case_ref": desk.case(person.key), "purpose": row.purpose, **_giver(desk, row)}
        parts = (row.person, row.purpose, row.recipient or "")
        asked["ref"] = desk.ref("consent", *parts)
        if row.recipient:
            asked["organisation_ref"] = desk.organisation(row.recipient)
        # Who permits is also who asks, where the officer of social affairs acts for a child.
        asker = desk.scenario.staff.get(row.given_by) or desk.scenario.on_duty("RECEIVES")
        if row.answer == "REFUSED":
            asked.pop("giver_ref", None)
            with behind(desk.scenario.where(row)):
                await desk.post(asker, "/intake/v1/consents/refuse", asked, row.given)
            continue
        asked |= {"informed": dict.fromkeys(TOLD, True), "signature": row.signature, "assent": row.assent}
        if row.witness:
            asked["witness"] = row.witness
        with behind(desk.scenario.where(row)):
            await desk.post(asker, "/intake/v1/consents/grant", asked, row.given)


async def provide(desk: Desk, person: Person) -> None:
    """What was given to somebody at the centre, in one request for all that began together."""
    given = [row for row in desk.scenario.of(desk.scenario.help, person.key) if row.through == "CENTRE"]
    for begins in sorted({row.begins for row in given}):
        lines: dict[str, Json] = {
            desk.scenario.where(row): {
                "ref": desk.ref("provision", person.key, row.code),
                "stay_ref": desk.ref("stay", person.key),
                "kind": row.code,
                "count": row.quantity,
            }
            for row in given
            if row.begins == begins
        }
        await desk.post_lines(desk.scenario.on_duty("RECEIVES"), "/intake/v1/provisions", "lines", lines, begins)
