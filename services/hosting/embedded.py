"""All four services in one process, on one port, in one folder: the only module that knows all of them.

A service is loaded only when its package is asked for by name, in the order in which people meet them.
"""

import contextlib
import secrets
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from starlette.types import Receive, Scope, Send

from services.grants.app import create_app as grants
from services.hosting.practice import begun_for_practice
from services.intake.app import create_app as intake
from services.issuing.issuer import Issuing
from services.issuing.people import Person
from services.issuing.signing import PREFIX as ISSUER
from services.operating.door import PREFIX, Door
from services.operating.office import Office
from services.referrals.app import create_app as referrals
from services.screening.app import create_app as screening
from shared import stores
from shared.auth import Identify
from shared.clock import Clock, system_clock
from shared.hosting import CreateApp, Hosting
from shared.ids import Draw, random_ref
from shared.production import refuse_unsafe
from shared.settings import Settings
from shared.storage.folder import Hold

SERVICES: dict[str, CreateApp] = {"intake": intake, "screening": screening, "referrals": referrals, "grants": grants}


class Embedded(Hosting):
    """The whole product as one ASGI application."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock = system_clock,
        draw: Draw = random_ref,
        loops: bool = True,
        identify: Identify | None = None,
        people: Mapping[str, Person] | None = None,
    ) -> None:
        refuse_unsafe(settings)
        key = secrets.token_urlsafe(32)
        self.hold = None if stores.elsewhere(settings) else Hold(Path(settings.data_dir), **_door(settings), key=key)
        try:
            self.issuer = None if settings.issuer or identify else Issuing(settings, people or {})
            if self.issuer is not None:
                identify = self.issuer.identify()
            super().__init__(settings, SERVICES, clock=clock, draw=draw, loops=loops, identify=identify)
        except BaseException:
            if self.hold:
                self.hold.release()
            raise
        if self.issuer is not None:
            self.issuer_address = self.issuer.address
        self.door = Door(self._office, key)

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """Run all services, holding the lock on the data folder."""
        with self.hold or contextlib.nullcontext():
            async with super().lifespan():
                if self.issuer is not None:
                    await begun_for_practice(self._office())
                yield

    def _office(self) -> Office:
        return Office([running.kept for running in self.running.values()], self.bus, keys=self.key_store)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(PREFIX):
            await self.door(scope, receive, send)
        elif self.issuer is not None and scope["path"].startswith(f"{ISSUER}/"):
            await self.issuer(scope, receive, send)
        else:
            await super().answer(scope, receive, send)


def _door(settings: Settings) -> dict[str, str]:
    """Where an operator's command knocks while we have the files open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {"door": f"http://{host}:{settings.port}"}
