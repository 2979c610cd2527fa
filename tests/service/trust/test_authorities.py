"""An authority can neither list nor search: it is shown what its own organisation sent or is sent, nothing of others.

Every list and look-up of the documents is asked by every role of authorities, for each organisation around the case and
for one that has nothing to do with it: by people, and by machines with a token of their own that is bound to a key.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from services.issuing.clients import AUTHORITIES
from shared.auth import Caller, Purpose, Role
from shared.auth.identity import Asking
from shared.ids import pseudonym
from shared.testing import INVENTED, Harness, caller, ref
from tests import conftest
from tests.conftest import SERVICES, Start
from tests.service.intake.desk import GATE_CODE, Desk
from tests.service.intake.test_handovers import line
from tests.service.trust.peopled import WORLDS, peopled
from tests.support.answered import ok
from tests.support.callers import invented
from tests.support.issuing import Issuing, at_hand
from tests.support.proving import Machine
from tests.support.standing import ELSEWHERE

Row = Mapping[str, Any]
DIRECTORIES = {"listOrganisations", "listGroups", "listMeetings", "listProgrammes"}
"""Lists of no people: whom help is asked of, and what for."""

ROWS: Mapping[Role, frozenset[str]] = {
    Role.SENDING_AUTHORITY: frozenset({"listHandovers", "listLines"}),
    Role.CONSULAR_OFFICER: frozenset({"listHandovers", "listLines"}),
    Role.RECEIVING_AUTHORITY: frozenset({"listHandovers", "listLines", "listDeterminations"}),
    Role.SOCIAL_AFFAIRS: frozenset(
        {
            "listHandovers",
            "listLines",
            "listPersons",
            "listHouseholds",
            "listCases",
            "listAccessRequests",
            "listConsents",
            "listStays",
            "listProvisions",
            "listInterviews",
            "listDeterminations",
            "listBestInterests",
            "listPlans",
            "listGoals",
            "listMemberships",
            "listFollowups",
            "listApplications",
            "listInstalments",
            "listBusinesses",
            "listAttention",
        }
    ),
}
"""Whose rows each role is shown at all. Of each row it is asked further below whose it is."""

TO_ALL = {Role.CONSULAR_OFFICER: {"listHandovers", "listLines"}}
"""Every list is sent to the consulate, which answers for the nationality of each line; none names it."""
UNADDRESSED = {Role.RECEIVING_AUTHORITY: {"listHandovers"}}
"""A list that names no receiver yet is for every gate to take, without its lines."""


def lists(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Operation, method and address of all that answer several things, and of look-ups."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            shown = said["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema", {})
            form = document["components"]["schemas"].get(str(shown.get("$ref")).rpartition("/")[2], {})
            if "items" in form.get("properties", {}) or said["operationId"].startswith(("list", "lookUp", "search")):
                yield said["operationId"], method, path


def _texts(document: Mapping[str, Any], form: Any) -> Iterator[Mapping[str, Any]]:
    """The schemas of strings in a parameter, that any text fits."""
    if isinstance(form, list):
        for each in form:
            yield from _texts(document, each)
    elif isinstance(form, dict):
        if "$ref" in form:
            yield from _texts(document, document["components"]["schemas"][form["$ref"].rpartition("/")[2]])
        if form.get("type") == "string" and not form.keys() & {"enum", "const", "pattern", "format"}:
            yield form
        for name in ("anyOf", "oneOf", "allOf", "items", "properties"):
            inner = form.get(name)
            yield from _texts(document, list(inner.values()) if name == "properties" and inner else inner)


async def test_nothing_is_looked_for_by_a_name_or_any_other_words(world: Harness) -> None:
    free, seen = set[tuple[str, str]](), 0
    for app in world.app.apps.values():
        document = app.openapi()
        for operation, method, path in lists(document):
            said = document["paths"][path][method]
            asked = {one["name"]: one["schema"] for one in said.get("parameters", ()) if one["in"] == "query"}
            if "requestBody" in said:
                asked["body"] = said["requestBody"]["content"]["application/json"]["schema"]
            seen += len(asked)
            free |= {(operation, name) for name, form in asked.items() if any(_texts(document, form))}
    assert seen > 100
    # A place in a list that we signed, and a number of ours that is compared whole.
    assert free - {("listCases", "case_number")} == {each for each in free if each[1] == "cursor"}


class Asked:
    """A world of one service, asked by people and by machines."""

    def __init__(self, world: Harness, issuer: Issuing) -> None:
        self.world, self._issuer, self._machine = world, issuer, Machine()

    async def rows(self, method: str, path: str, body: Any, role: Role, house: str, *, machine: bool) -> list[Row]:
        """What a list shows; nothing where it is refused."""
        headers = {"authorization": caller("officer", role, house)}
        if machine:
            headers = self._proven(method, path, role, house)
        async with self.world.client() as client:
            answer = await client.request(method, path, headers=headers, json=body)
        return _items(answer)

    def _proven(self, method: str, path: str, role: Role, house: str) -> dict[str, str]:
        """As a token of client credentials has it, and with a proof for this request."""
        token = self._issuer.token(
            sub=pseudonym("client", f"{house}-registry"),
            client_id=f"{house}-registry",
            organisation=pseudonym("organisation", house),
            roles=[role],
            purposes=[Purpose.PROTECTION],
            cnf={"jkt": self._machine.thumbprint},
        )
        address = f"http://localhost{path.partition('?')[0]}"
        proof = self._machine.proof(token, htm=method.upper(), htu=address)
        return {"authorization": f"DPoP {token}", "dpop": proof, "host": "localhost"}


def _items(answer: httpx.Response) -> list[Row]:
    if answer.is_success:
        return list(answer.json()["items"])
    assert answer.status_code in (403, 404), answer.text
    assert answer.json()["code"] in {"not_found", "role_may_not", "purpose_not_for_this"}, answer.text
    return []


async def _whose(world: Harness, service: str, operation: str, row: Row, holder: str) -> set[str | None]:
    """The organisations that sent it, receive it, take it in, ask for it or hold it."""
    if operation in ("listHandovers", "listLines"):
        of = row["ref"] if operation == "listHandovers" else row["handover_ref"]
        (found,) = [one for one in await world.rows(service, "handover") if one["ref"] == of]
        return {found[name] for name in ("organisation_ref", "receiver_ref", "host_ref", "consulate_ref")}
    asks = {row["organisation_ref"]} if operation == "listAccessRequests" else set[str]()
    return {*asks, pseudonym("organisation", holder)}


async def _further_lists(world: Harness) -> None:
    """A list of another sender for another gate, and one that names no gate."""
    other, theirs = (pseudonym("organisation", f"dosvy-{place}") for place in ("pursat", "takeo"))
    for name, named in (("theirs", {"receiver_ref": other, "host_ref": theirs}), ("open", {})):
        listed = {"country": "VN", "gate": GATE_CODE, "planned_day": "2026-11-04", **named}
        lines = [line(1, "Kêu Xô Phia", ref=ref(f"line of {name}"))]
        sender = caller("binh-officer", Role.SENDING_AUTHORITY, "an-giang-health", Purpose.REPATRIATION)
        ok(await Desk(world).do("handovers", sender, ref=ref(name), lines=lines, **listed))


@pytest.mark.parametrize("machine", [False, True], ids=["people", "machines"])
@pytest.mark.parametrize("service", SERVICES)
async def test_an_authority_is_shown_nothing_of_others_by_any_list(
    start: Start, service: str, machine: bool, issuer: Issuing, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = at_hand(issuer)

    async def either(asking: Asking) -> Caller:
        said = asking.headers.get("authorization", "")
        return await (invented if said.startswith(INVENTED) else keys)(asking)

    monkeypatch.setattr(conftest, "invented", either)
    world, holder = await start(service), WORLDS[service][1]
    case, places = await peopled(world, service)
    if service == "intake":
        await _further_lists(world)
    asked, shown, wrong = Asked(world, issuer), set[tuple[Role, str]](), list[Any]()
    for operation, method, path in lists(world.app.openapi()):
        about = {"case_ref": case, "ref": places.get("groups", case)}
        address = path.format_map(about)
        body = {"refs": [places["persons"]]} if operation == "lookUpPersons" else None
        address += f"?handover_ref={places['handovers']}" if operation == "listLines" else ""
        for role in sorted(AUTHORITIES):
            for house in (holder, *ELSEWHERE.values()):
                rows = await asked.rows(method, address, body, role, house, machine=machine)
                for row in rows if operation not in DIRECTORIES else ():
                    shown.add((role, operation))
                    whose = await _whose(world, service, operation, row, holder)
                    taken = pseudonym("organisation", house) in whose or operation in TO_ALL.get(role, ())
                    free = operation in UNADDRESSED.get(role, ()) and row["receiver_ref"] is None
                    if operation not in ROWS[role] or not (taken or free):
                        wrong.append((operation, str(role), house))
    assert wrong == []
    assert len(shown) >= SHOWN[service], shown


SHOWN = {"intake": 12, "screening": 4, "referrals": 4, "grants": 3}
"""How many lists show something to somebody, so that what is shown to nobody else is there to be shown."""
