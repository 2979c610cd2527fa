"""What a process has, and what each of its services uses: clock, ids, keys, bus, database."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from shared.auth import Identify, Policy
from shared.auth.budget import Budget
from shared.auth.identity import nobody
from shared.clock import Clock
from shared.ids import Draw
from shared.journey.positions import Bell
from shared.observability.tracing import Tracing, Untraced
from shared.sealing import KeyStore
from shared.storage import Database
from shared.storage.ledger import Ledger
from shared.storage.standing import Standing

if TYPE_CHECKING:
    from shared.journey import Journey
    from shared.journey.todos import Reactions


@dataclass(frozen=True)
class Kept:
    """Everything one running service holds; made once in its `create_app`, handed to units, readers and loops."""

    name: str
    database: Database
    ledger: Ledger
    journey: "Journey"
    reactions: "Reactions"
    key_store: KeyStore
    secret: bytes
    position_secret: bytes
    clock: Clock
    draw: Draw
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    tracing: Tracing = field(default_factory=Untraced)
    todo_wake: asyncio.Event = field(default_factory=asyncio.Event)
    applied: Bell = field(default_factory=Bell)
    policy: Policy = field(default_factory=Policy.of)
    actions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By the name of each operation: the actions that it asks the policy for."""
    identify: Identify = nobody
    standing: Standing = field(default_factory=Standing)
    budget: Budget = field(default_factory=Budget)
    erasures: Path | None = None
    """The ledger of orders to forget somebody."""
