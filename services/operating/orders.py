"""What an operator can order, and what comes back: plain data, the same through the door as directly."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from shared.bus.heard import UNREADABLE
from shared.bus.reasons import Reason
from shared.bus.setting_aside import Range
from shared.storage import HowFar

Tell = Callable[[str, int, int], None]
"""Called during long work: at what, how much is done, of how much."""
Answer = dict[str, Any]


class Order(BaseModel):
    """What to do it to. No service named means all; no subject, every one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    services: tuple[str, ...] = ()
    subject: str | None = None
    request_id: str = ""
    after: int = 0
    since: datetime | None = None
    deep: bool = False
    patience: float = 10.0
    source: str = UNREADABLE
    version: int = 1
    offsets: Range | None = None
    reason: Reason | None = None
    recipients: tuple[str, ...] = ()
    directory: dict[str, Any] | None = None


def heeding(tell: Tell, name: str) -> HowFar:
    """Tells how far the work on one thing is."""
    return lambda done, total: tell(name, done, total)
