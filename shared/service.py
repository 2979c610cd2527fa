"""What a service declares of itself in order to be run. Make one `Service` in its `app.py`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shared.auth import Identify, Policy
from shared.auth.identity import nobody
from shared.bus.port import Bus
from shared.clock import Clock
from shared.codes.lists import Lists, lists_of, with_registered
from shared.ids import Draw
from shared.journey import Journey
from shared.journey.todos import Reactions
from shared.observability.tracing import Tracing, tracing_for
from shared.sealing import KeyStore
from shared.settings import Settings
from shared.storage.ledger import Ledger
from shared.web.attention import attention_router
from shared.web.auditing import FileOf, auditing_router, the_case
from shared.web.limits import Limits
from shared.web.permissions import permissions_router
from shared.web.problems import Titles, titles_of
from shared.web.strict import Router
from shared.web.viewing import viewing_router
from shared.writing.commands import Commands, Meets
from shared.writing.dismissing import dismissing


@dataclass(frozen=True)
class Service:
    """What a service brings: its name, tables, routes, view and reactions.

    In its package stand `policy.toml`, `problems.toml` and `codes.toml`.
    """

    name: str
    package: str
    ledger: Ledger
    routers: Sequence[Router]
    journey: Journey
    reactions: Reactions
    description: str
    commands: Sequence[Commands[Any]] = ()
    file_of: FileOf = the_case
    """What belongs to the file of a case beside the case, for whoever asks who saw it."""
    meets: Meets | None = None
    """What it writes of whoever signs in for the first time, if it does."""

    @cached_property
    def policy(self) -> Policy:
        """Who may do what here."""
        return Policy.of(self.package)

    @cached_property
    def problems(self) -> Titles:
        """What its refusals say to people."""
        return titles_of(self.package)

    @cached_property
    def codes(self) -> Lists:
        """The labels of its enums."""
        return lists_of(self.package)

    @property
    def attention(self) -> Commands[Any]:
        """The commands of what it leaves for people, which every service has."""
        return dismissing(self.ledger)

    @cached_property
    def actions(self) -> Mapping[str, tuple[str, ...]]:
        """The actions that each of its operations asks the policy for."""
        rows = (row for thing in (*self.commands, self.attention) for row in thing)
        return {row.operation: row.actions for row in rows}

    @cached_property
    def lists(self) -> Lists:
        """The code lists that it can be asked for: those of every service, and its own."""
        return with_registered(self.codes)

    @cached_property
    def views(self) -> Sequence[Router]:
        """The routers that every service has besides those of its things."""
        permissions = permissions_router(self.name)
        auditing = auditing_router(self.name, self.file_of)
        attention = attention_router(self.name, self.ledger)
        return (attention, viewing_router(self.name, self.lists), permissions, auditing)


@dataclass(frozen=True)
class Runtime:
    """What the process brings. `loops` off: a test drives relay, consumer and to-dos itself, to rest."""

    settings: Settings
    bus: Bus
    key_store: KeyStore
    clock: Clock
    draw: Draw
    loops: bool = True
    identify: Identify = nobody
    tracing_for: Callable[[Settings, str], Tracing] = tracing_for
    contradicted: dict[str, frozenset[str]] = field(default_factory=dict)
    """Whose stores went back in time, as each service of this process knows."""

    @cached_property
    def limits(self) -> Limits:
        """What the process takes on at a time: the same for all its services."""
        return Limits(self.settings)
