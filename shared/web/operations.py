"""One operation in the OpenAPI document: who may call it, its headers, its answers and its refusals."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc
from itertools import groupby
from typing import Any

from fastapi.dependencies.models import Dependant

from shared.auth import Policy, RelationNeeded, Scope
from shared.auth.identity import REFUSALS
from shared.model import Model, StatusTable
from shared.statuses import next_operations
from shared.web.edge import Edge
from shared.web.examples import Examples, ref
from shared.web.problems import MEDIA_TYPE, UNAVAILABLE, title
from shared.web.refusals import Refusal, refusals
from shared.web.sources import Endpoint, classes_in, handler_in, hints_of
from shared.web.strict import refuse_others
from shared.writing.handling import Handling, handling_of

Json = dict[str, Any]

SENT = {
    "Idempotency-Key": ("^[!-~]{1,255}$", "Names this request. Sent again with it, the request is done once."),
    "If-Match": (r'^(W/)?"\d{1,9}(\.\d{1,9})?"$', "The `ETag` of the version that this is asked of."),
    "If-None-Match": (None, "The `ETag` of what the caller has, or several, or `*`: then the answer may be 304."),
    "Homeward-Role": (None, "In which of the roles that the token gives. Needed where it gives several."),
    "Homeward-Purpose": (None, "For which of the purposes that the token gives. Needed where it gives several."),
    "Homeward-Position": (
        None,
        "What a write answered as `Homeward-Position`, of any service, at most 16, as it came. The request waits up to "
        "2 s until this service has heard of it; if it has not, `Homeward-Position-Behind` names what is missing.",
    ),
}
"""Headers of a request: what they look like, and what they are for. Requests read them; no route declares them."""

ANSWERED = {
    "ETag": "The version of the thing: what a change sends as `If-Match`.",
    "Location": "Where the thing that was created can be read.",
    "Link": 'The next page, as `rel="next"`; absent on the last.',
    "Retry-After": "Seconds after which to try again.",
    "Homeward-Position": "Where it was written. A read in any service that sends it waits until that service knows.",
    "Homeward-Position-Behind": "The positions asked for that are still missing after the wait. The answer is what is "
    "known so far.",
}
"""Headers of answers."""

REFERENCE = {
    "ETag": "Of this content: what a later read sends as `If-None-Match`.",
    "Cache-Control": "`private, no-cache`: may be kept by the caller, and is asked about before each use.",
}
"""Headers of an answer that changes only with a release."""

STATUSES = {
    200: "Done.",
    201: "Created, or found as it was created before.",
    304: "The caller has it already: nothing changed since it got that `ETag`.",
    400: "Something of the request cannot be read or is missing.",
    401: "Nobody usable is named as the caller.",
    403: "The token does not give what the request asks to act as.",
    404: "There is no such thing, or it is not for this caller: both look the same.",
    408: "It did not arrive in time.",
    409: "A rule says no. Nothing was changed.",
    412: "It has changed since: read it again.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    421: "This host is not served here.",
    422: "Something in the request cannot be so.",
    428: "A change needs `If-Match`.",
    429: "Too many requests of one address or caller, or more cases than one may see in an hour.",
    431: "The address and the headers are too large.",
    503: "Not now. Nothing was changed; the same request with the same `Idempotency-Key` may be sent again.",
}
OF_THE_SERVER = {(408, "request_too_slow"), (431, "headers_too_large")}
"""What the server refuses before there is a request, on any connection."""
NOT_NOW = ("busy", "issuer_away", "overloaded", "store_unavailable")
TOO_MANY = 429
BODY_ONLY = re.compile(r"json_|body_|content_type")


@dataclass
class Route:
    """What FastAPI knows of an operation."""

    method: str
    endpoint: Endpoint
    dependant: Dependant

    @cached_property
    def handler(self) -> Endpoint:
        """The handler or query behind it."""
        found: Endpoint = handler_in(self.endpoint)
        return found

    @property
    def explained(self) -> str:
        """What it does, in words."""
        return getattr(self.handler, "explained", None) or cleandoc(self.handler.__doc__ or "")

    @property
    def handling(self) -> Handling:
        """What that declares."""
        return handling_of(self.handler)

    @property
    def asked(self) -> type[Model] | None:
        """The class of the body."""
        found = classes_in(hints_of(self.endpoint).get("body"))
        return None if found is None else next(iter(found))

    @cached_property
    def refusals(self) -> list[Refusal]:
        """The refusals that can be met here, less those that what is declared rules out."""
        read = refusals(self.endpoint, *_calls(self.dependant), Edge, refuse_others)
        found = read | OF_THE_SERVER | REFUSALS | {(422, "invalid")}
        return sorted(refusal for refusal in found if self._applies(refusal))

    def _applies(self, refusal: Refusal) -> bool:
        (status, code), handling = refusal, self.handling
        if status in (412, 428):
            return handling.if_match
        if code == "idempotency_key_required":
            return handling.creates
        if code == RelationNeeded.code:
            return not handling.reads
        return self.method == "post" or not BODY_ONLY.match(code)


def _calls(dependant: Dependant) -> Iterator[Endpoint]:
    for needed in dependant.dependencies:
        if needed.call is not None:
            yield needed.call
        yield from _calls(needed)


def tell(operation: Json, route: Route, examples: Examples, policy: Policy) -> None:
    """Complete what FastAPI wrote about an operation."""
    operation["summary"] = _summary(operation["operationId"])
    operation["description"] = _description(operation.get("description"), route, policy)
    operation["parameters"] = list(_parameters(operation.get("parameters", ()), route))
    if "requestBody" in operation:
        content = operation["requestBody"]["content"]["application/json"]
        assert route.asked is not None, f"{route.endpoint.__name__} calls its body something else"
        content["example"] = examples.request(content["schema"], route.asked)
    (status, answer), *_ = ((int(s), a) for s, a in operation["responses"].items() if s.startswith("2"))
    operation["responses"] = {
        str(status): _success(status, answer, examples, route),
        **({"304": _held()} if route.handling.reference else {}),
        **{
            str(s): _refused(s, [code for _, code in codes]) for s, codes in groupby(route.refusals, lambda one: one[0])
        },
        str(UNAVAILABLE): _refused(UNAVAILABLE, [*NOT_NOW]),
        "default": _problem("Any other problem.", 500, "internal"),
    }


def _summary(operation_id: str) -> str:
    words = re.sub(r"([A-Z])", lambda found: f" {found[1].lower()}", operation_id)
    return words[:1].upper() + words[1:]


def _description(written: str | None, route: Route, policy: Policy) -> str:
    said = [text for text in (written, route.explained) if text]
    rules = policy.by_action.get(route.handling.action, ())
    if rules:
        roles = sorted({role for rule in rules for role in rule.roles})
        said.append("Roles: " + ", ".join(f"`{role}`" for role in roles) + ".")
        if all(rule.scopes == (Scope.RELATION,) for rule in rules):
            said.append("Only for those who work on it.")
    return "\n\n".join(dict.fromkeys(said))


def _parameters(given: Iterable[Json], route: Route) -> Iterator[Json]:
    """The parameters that apply, without null: nothing in an address or a header can be null."""
    for parameter in given:
        schema = parameter["schema"]
        for choice in schema.pop("anyOf", ()):
            if choice != {"type": "null"}:
                schema.update(choice)
        yield parameter
    changes = any(status == 428 for status, _ in route.refusals)
    reference = route.handling.reference
    applies = {"Idempotency-Key": not route.handling.reads, "If-Match": changes, "If-None-Match": reference}
    required = {"Idempotency-Key": route.handling.creates, "If-Match": changes}
    for name, (pattern, purpose) in SENT.items():
        if applies.get(name, True):
            schema = {"type": "string"} | ({"pattern": pattern} if pattern else {})
            about = {"name": name, "in": "header", "required": required.get(name, False)}
            yield about | {"schema": schema, "description": purpose}


def headers(*names: str) -> Json:
    """Headers of an answer, by the names under which the document describes them."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _success(status: int, answer: Json, examples: Examples, route: Route) -> Json:
    content = answer["content"]["application/json"]
    example = examples.of(content["schema"])
    if content["schema"]["$ref"].endswith("Receipt"):
        example |= _after(route, example)
    names = ["Homeward-Position-Behind"]
    if isinstance(example.get("version"), int):
        names.insert(0, "ETag")
    if "next_cursor" in example:
        names.append("Link")
    if route.handling.creates:
        names.append("Location")
    if not route.handling.reads:
        names.append("Homeward-Position")
    return {
        "description": STATUSES[status],
        "headers": headers(*names) | (told(REFERENCE) if route.handling.reference else {}),
        "content": {"application/json": {**content, "example": example}},
    }


def told(texts: Mapping[str, str]) -> Json:
    """Headers of answers, described where they stand."""
    return {name: {"description": text, "schema": {"type": "string"}} for name, text in texts.items()}


def _held() -> Json:
    return {"description": STATUSES[304], "headers": headers("Homeward-Position-Behind") | told(REFERENCE)}


def _after(route: Route, receipt: Json) -> Json:
    """How a receipt may stand after a command: in a status called after it, else in one that hears it."""
    table: StatusTable = route.handler.statuses  # type: ignore[attr-defined] # only a command answers a receipt
    verb = route.handling.action.rpartition(".")[2]
    called = [status for status in table.allowed if str(status)[:4] == verb[:4]]
    hearing = [status for status, hears in table.allowed.items() if route.asked in hears]
    status = (called or hearing or list(table.allowed))[0]
    version = 1 if route.handling.creates else receipt["version"]
    lines = [{**line, "status": str(status), "code": None} for line in receipt.get("lines", ())]
    after = {"version": version, "status": str(status), "next": list(next_operations(table, status))}
    return {**after, "lines": lines} if lines else after


def _refused(status: int, codes: list[str]) -> Json:
    listed = "\n".join(f"- `{code}`: {title(code, status, 'en')}" for code in codes)
    return _problem(f"{STATUSES.get(status, 'A problem.')}\n\n{listed}", status, codes[0]) | {"x-problem-codes": codes}


def _problem(description: str, status: int, code: str) -> Json:
    example = {
        "type": f"urn:homeward:problem:{code}",
        "title": title(code, status, "en"),
        "status": status,
        "code": code,
        "request_id": ref("request"),
    }
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    names = ["Homeward-Position-Behind", *(["Retry-After"] if status in (TOO_MANY, UNAVAILABLE) else [])]
    return {"description": description, "headers": headers(*names), "content": content}
