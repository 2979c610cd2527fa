"""The reads that are the same in all four services: a case's journey, and the code lists with their labels."""

from datetime import date
from typing import Any

from shared import codes
from shared.auth import Caller, authorise, offered
from shared.errors import NotFound
from shared.ids import CaseRef, Subject
from shared.journey.timeline import JourneyRead, view
from shared.model import CX, Model
from shared.reading import Reader
from shared.statuses import asking
from shared.web.requests import Calling, Request, show
from shared.web.strict import Router
from shared.writing.handling import shows


class CodeRead(Model):
    """One code with its labels; `htcds` is its name in the exchange standard, where it has one."""

    code: CX[str]
    km: CX[str]
    vi: CX[str]
    en: CX[str]
    valid_from: date | None = None
    valid_to: date | None = None
    htcds: CX[str | None] = None


class CodeListRead(Model):
    """A registered code list."""

    name: CX[str]
    km: CX[str]
    vi: CX[str]
    en: CX[str]
    codes: tuple[CodeRead, ...]


class CodeListEntry(Model):
    """A code list in the index: its title, how many codes it has, and where it is read."""

    name: CX[str]
    km: CX[str]
    vi: CX[str]
    en: CX[str]
    count: int
    href: CX[str]


class CodeIndexRead(Model):
    """Every code list that this service can be asked for."""

    lists: tuple[CodeListEntry, ...]


@shows("journey.read")
def journey(reader: Reader, caller: Caller, *, case_ref: str) -> JourneyRead:
    """A case's timeline, stage and facets, and what this caller may do next. Only C0 values ever stand in a facet."""
    authorise(reader, caller, "journey.read", Subject("case", case_ref))
    found = view(reader.connection, reader.kept.ledger, reader.kept.journey, case_ref)
    may_follow = asking(reader.kept.actions, found.next)
    return found.but(next=offered(reader, caller, may_follow, Subject("case", case_ref)))


@shows("codes.read", reference=True)
def code_index(reader: Reader, caller: Caller, *, service: str, lists: codes.Lists) -> CodeIndexRead:
    """All code lists, by name: those of every service, and this one's own. Enums have their labels there too."""
    authorise(reader, caller, "codes.read")
    return CodeIndexRead(lists=tuple(_entry(service, found) for _, found in sorted(lists.items())))


@shows("codes.read", reference=True)
def code_list(reader: Reader, caller: Caller, *, name: str, lists: codes.Lists) -> CodeListRead:
    """A code list by name, with all its codes, retired ones too."""
    authorise(reader, caller, "codes.read")
    if name not in lists:
        raise NotFound
    found = lists[name]
    return CodeListRead(name=found.name, **_labels(found.title), codes=tuple(map(_code, found.codes.values())))


def _entry(service: str, found: codes.CodeList) -> CodeListEntry:
    href = f"{_prefix(service)}/codes/{found.name}"
    return CodeListEntry(name=found.name, **_labels(found.title), count=len(found.codes), href=href)


def _prefix(service: str) -> str:
    return f"/{service}/v1"


def _labels(labels: Any) -> dict[str, str]:
    return {str(language): text for language, text in labels.items()}


def _code(code: codes.Code) -> CodeRead:
    return CodeRead(
        code=code.code, **_labels(code.labels), valid_from=code.valid_from, valid_to=code.valid_to, htcds=code.htcds
    )


def viewing_router(service: str, lists: codes.Lists) -> Router:
    """`GET /{service}/v1/cases/{case_ref}/journey`, `GET /{service}/v1/codes` and `GET /{service}/v1/codes/{list}`."""
    router = Router(prefix=_prefix(service))

    @router.get("/cases/{case_ref}/journey", operation_id="readJourney", tags=["journey"])
    async def read_journey(case_ref: CaseRef, caller: Calling, request: Request) -> JourneyRead:
        return await show(request, journey, caller, case_ref=case_ref)

    @router.get("/codes", operation_id="readCodeIndex", tags=["codes"])
    async def read_index(caller: Calling, request: Request) -> CodeIndexRead:
        return await show(request, code_index, caller, service=service, lists=lists)

    @router.get("/codes/{name}", operation_id="readCodeList", tags=["codes"])
    async def read_codes(name: str, caller: Calling, request: Request) -> CodeListRead:
        return await show(request, code_list, caller, name=name, lists=lists)

    return router
