"""The API documents, operation by operation: names, examples, headers and refusals are what the code does."""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import TypeAdapter

from shared.auth import Role
from shared.reading.answers import door
from shared.testing import Harness, caller, ref
from shared.web.names import name_of, nodes
from shared.web.operations import Route
from shared.web.refusals import refusals
from shared.web.sources import hints_of
from tests.conftest import SERVICES
from tests.support.declared import undeclared

REFERENCE = {"readCodeIndex", "readCodeList", "readForm", "readPermissions"}
"""The operations whose answer changes only with a release."""

LOOKS = {"lookUpPersons"}
"""The operations that read although they are sent as POST."""

Operation = tuple[APIRoute, str, dict[str, Any]]


def operations(world: Harness) -> Iterator[Operation]:
    for running in world.running.values():
        app = world.app.apps[running.service.name]
        document = app.openapi()
        for context in iter_route_contexts(app.routes):
            route = context.original_route
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in route.methods or ():
                    yield route, method.lower(), document["paths"][route.path_format][method.lower()]


def media(part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = part["content"]["application/json"]
    return found


def success(operation: dict[str, Any]) -> dict[str, Any]:
    (found,) = [answer for status, answer in operation["responses"].items() if status.startswith("2")]
    return dict(found)


async def test_a_filter_of_several_values_says_how_many(world: Harness) -> None:
    asked = [parameter for *_, operation in operations(world) for parameter in operation.get("parameters", ())]
    several = [parameter for parameter in asked if parameter["schema"].get("type") == "array"]
    assert len(several) > 20
    assert [parameter["name"] for parameter in several if "maxItems" not in parameter["schema"]] == []


async def test_titles_and_operations_have_a_name_of_their_own(world: Harness) -> None:
    for service in SERVICES:
        document = world.app.apps[service].openapi()
        schemas = document["components"]["schemas"]
        assert all(name.isalnum() and schema["title"] == name for name, schema in schemas.items())
        assert "HTTPValidationError" not in schemas
        assert all("x-code-list" in node for node in nodes(document) if isinstance(node.get("enum"), list))
        assert document["info"]["license"]["identifier"] == "Apache-2.0"
        assert document["servers"] and document["security"]
        assert all(page["properties"]["items"]["items"] for name, page in schemas.items() if name.endswith("Page"))
    names = [operation["operationId"] for _, _, operation in operations(world)]
    # In each service: the journey, the two of code lists, what may be done, three of attention, two of the audit.
    assert len(names) >= 215 and len(set(names)) == len(names) - 9 * (len(SERVICES) - 1)
    assert {"CaseStatus", "CasePage", "BorderGateCode"} <= set(
        world.app.apps["intake"].openapi()["components"]["schemas"]
    )


def test_a_name_says_whose_it_is() -> None:
    known: dict[str, Any] = {"BestInterestsRead": {}}
    assert name_of("services__intake__cases__state__Status", known) == "CaseStatus"
    assert name_of("services__grants__businesses__domain__Status", known) == "BusinessStatus"
    assert name_of("services__screening__best_interests__state__Status", known) == "BestInterestsStatus"
    assert name_of("shared__http__Receipt", known) == "Receipt"
    assert name_of("Page_CaseRead_", known) == "CasePage"


async def test_every_operation_is_described_and_its_examples_are_valid(world: Harness) -> None:
    for route, _, operation in operations(world):
        assert operation["summary"] and operation["description"] and operation["operationId"]
        answer = json.dumps(media(success(operation))["example"])
        with door():
            assert TypeAdapter(hints_of(route.endpoint)["return"]).validate_json(answer)
        if "requestBody" in operation:
            asked = json.dumps(media(operation["requestBody"])["example"])
            assert TypeAdapter(hints_of(route.endpoint)["body"]).validate_json(asked)


async def test_headers_stand_where_they_apply(world: Harness) -> None:
    for route, method, operation in operations(world):
        found = Route(method, route.endpoint, route.dependant)
        sent = {part["name"]: part["required"] for part in operation["parameters"] if part["in"] == "header"}
        assert ("Idempotency-Key" in sent) == (method == "post" and operation["operationId"] not in LOOKS)
        assert sent.get("Idempotency-Key", False) == found.handling.creates == (route.status_code == 201)
        assert ("If-Match" in sent) == ("428" in operation["responses"]) == ("412" in operation["responses"])
        assert ("Location" in success(operation)["headers"]) == found.handling.creates
        assert ("Link" in success(operation)["headers"]) == operation["operationId"].startswith("list")
        assert ("If-None-Match" in sent) == (operation["operationId"] in REFERENCE) == ("304" in operation["responses"])
        for held in [operation["responses"]["304"]] if "304" in operation["responses"] else []:
            assert {"ETag", "Cache-Control"} <= success(operation)["headers"].keys() & held["headers"].keys()
            assert "content" not in held


async def test_location_leads_to_an_operation_that_reads(world: Harness) -> None:
    reads = {route.path_format for route, method, _ in operations(world) if method == "get"}
    for route, method, operation in operations(world):
        if method == "post" and "Location" in success(operation)["headers"]:
            assert "/".join(route.path_format.split("/")[:4]) + "/{ref}" in reads, operation["operationId"]


async def test_what_was_created_says_where_it_is(world: Harness) -> None:
    who = caller("dara", Role.SUPERVISOR)
    body = {"ref": ref("house"), "name": "Invented House", "kind": "NGO", "country": "KH", "services": []}
    answer = await world.post("/referrals/v1/organisations", who, body)
    assert answer.status_code == 201, answer.text
    place = answer.headers["Location"]
    assert place == f"/referrals/v1/organisations/{ref('house')}"
    assert (await world.get(place, who)).json()["ref"] == ref("house")


async def test_refusals_are_those_of_the_command_asked(world: Harness) -> None:
    listed = {
        operation["operationId"]: {
            code for answer in operation["responses"].values() for code in answer.get("x-problem-codes", ())
        }
        for _, _, operation in operations(world)
    }
    assert {"count_differs", "line_answered_twice", "lines_without_answer"} <= listed["reconcileHandover"]
    for other in ("arriveHandover", "closeHandover", "voidHandover"):
        assert not {"count_differs", "line_known", "heads_not_open"} & listed[other]
    assert {"already_voted", "not_a_member"} <= listed["castVote"]
    assert "already_voted" not in listed["signAgreement"] | listed["checkEligibility"]
    assert "case_not_open" in listed["grantConsent"] and "case_not_open" not in listed["withdrawConsent"]
    assert {"consent_to_share_missing", "handling_forbids"} <= listed["sendServiceReferral"]
    assert "cursor_unusable" in listed["listCases"] and "cursor_unusable" not in listed["readCase"]
    assert {"json_key_twice", "idempotency_key_reused", "invalid"} <= listed["openCase"]


async def test_a_refusal_that_is_not_listed_is_noticed(world: Harness) -> None:
    (route,) = [route for route, _, operation in operations(world) if operation["operationId"] == "arriveHandover"]
    assert undeclared(route, "POST", 409, "not_allowed_in_status") is None
    assert undeclared(route, "POST", 503, "busy") is None
    assert undeclared(route, "POST", 409, "line_known") == "arriveHandover answers 409 line_known and does not list it"


@pytest.mark.parametrize("service", SERVICES)
def test_every_rule_of_a_service_is_listed_somewhere(service: str) -> None:
    problems = import_module("tests.architecture.test_problems")
    raised = {code for code, places in problems.answered(problems.ROOT).codes.items() if places == {service}}
    app = import_module(f"services.{service}.app").SERVICE
    met = {code for router in app.routers for route in router.routes for _, code in refusals(route.endpoint)}
    assert raised - met <= INNER, "no operation lists them"


INNER = frozenset(
    {
        "consent_exception",  # for people, whose answer is another command
        "sharing_ended_in_help",
        "withdrawal_unacknowledged",
        "directory_begun",  # said to an operator, whose command no route takes
        "directory_not_empty",
        "erasure_put_off",  # for people, when the days of a request to be forgotten are over
        "erasure_unacknowledged",
        "erasure_unanswered",
        "followup_overdue",  # for people, where a day has passed or somebody broke the glass: no request meets these
        "glass_broken",
        "glass_unreviewed",
        "home_trace_needed",
        "not_due",
        "question_unknown",  # said of one line of many, in an answer that is none
        "quote_without_language",
    }
)
