"""The pages under docs/ that are written from the code: what stands there cannot differ from what runs."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from services import SERVICES
from shared.contracts.catalogue import EVERY
from shared.model import StatusTable
from shared.reference import cedar
from shared.reference.asyncapi import asyncapi
from shared.reference.kept import as_text, keep
from shared.reference.pages import commands_page, events_page, states_pages
from shared.reference.permissions import cedar_page, permissions_page
from shared.service import Service


def documents() -> dict[str, str]:
    """The pages under docs/ that are written from the code, by their path there."""
    journeys = [import_module(f"services.{name}.journey").JOURNEY for name in SERVICES]
    pages = {"events.md": events_page(EVERY, journeys), "asyncapi.json": as_text(asyncapi(EVERY, journeys))}
    states = states_pages({name: list(_status_tables(name)) for name in SERVICES})
    return pages | {f"states/{name}": page for name, page in states.items()} | dict(_of_services())


def _of_services() -> Iterator[tuple[str, str]]:
    """Per service: the index of its commands, who may do what, and its rules as Cedar text with their schema."""
    for name in SERVICES:
        service: Service = import_module(f"services.{name}.app").SERVICE
        yield f"commands/{name}.md", commands_page(name, (*service.commands, service.attention), service.policy)
        yield f"permissions/{name}.md", permissions_page(name, service.policy, service.actions)
        yield f"permissions/{name}.cedar", cedar_page(service.policy)
        yield f"permissions/{name}.cedarschema", cedar.schema(service.policy)


def write_documents(folder: Path) -> list[Path]:
    """Write the generated pages below a folder, and once what is kept of each event; the paths that were written."""
    written = keep(folder / "events", EVERY.values())
    for name, page in documents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, "utf-8")
        written.append(path)
    return written


def _status_tables(service: str) -> Iterator[StatusTable]:
    package = import_module(f"services.{service}")
    for found in pkgutil.walk_packages(package.__path__, f"services.{service}."):
        if found.name.endswith(".domain"):
            tables = [value for value in vars(import_module(found.name)).values() if isinstance(value, StatusTable)]
            yield from tables
    yield import_module(f"services.{service}.app").SERVICE.attention.statuses
