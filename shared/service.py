"""What a service declares of itself in order to be run. Make one `Service` in its `app.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.auth import Identify, Policy
from shared.auth.development import identify
from shared.bus.port import Bus
from shared.clock import Clock
from shared.ids import Draw
from shared.journey import Journey
from shared.journey.todos import Reactions
from shared.observability.tracing import Tracing, tracing_for
from shared.sealing import KeyStore
from shared.settings import Settings
from shared.storage.ledger import Ledger
from shared.web.problems import Titles
from shared.web.strict import Router
from shared.writing.commands import Commands


@dataclass(frozen=True)
class Service:
    """What a service brings: its name, tables, routes, view, reactions, policy and problem texts."""

    name: str
    ledger: Ledger
    routers: Sequence[Router]
    journey: Journey
    reactions: Reactions
    description: str
    commands: Sequence[Commands[Any]] = ()
    policy: Policy = field(default_factory=Policy.of)
    problems: Titles = field(default_factory=dict)


@dataclass(frozen=True)
class Runtime:
    """What the process brings. `loops` off: a test drives relay, consumer and to-dos itself, to rest."""

    settings: Settings
    bus: Bus
    key_store: KeyStore
    clock: Clock
    draw: Draw
    loops: bool = True
    identify: Identify = identify
    tracing_for: Callable[[Settings, str], Tracing] = tracing_for
    contradicted: dict[str, frozenset[str]] = field(default_factory=dict)
    """Whose stores went back in time, as each service of this process knows."""
