"""The whole product at work in the process of a test, its loops running, upon stores that are there."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import httpx

from services.hosting.embedded import Embedded
from shared.bus.portions import quiet
from shared.bus.verdict import Verdict
from shared.bus.verify import verify
from shared.settings import Settings
from shared.testing import ref
from tests.support.callers import invented
from tests.support.eventually import eventually
from tests.support.operated import SENDER


@dataclass(frozen=True)
class Living:
    """The product, and a person who announces hand-overs to it."""

    product: Embedded
    client: httpx.AsyncClient

    async def announce(self, name: str) -> httpx.Response:
        """Announce one hand-over, a fact of intake that all hear, under a ref made from a name."""
        return await self.client.post("/intake/v1/handovers", json=handover(name), headers=asking())

    async def exact(self) -> None:
        """Return once all that must be told again was told, and every view is that of the journals."""
        await eventually(self._told)
        await eventually(self._is_exact)

    async def verdict(self) -> Verdict:
        """Journals and views as they are now."""
        stores = [running.kept for running in self.product.running.values()]
        return await verify(stores, patience=0, deep=True, progress=quiet)

    async def _told(self) -> bool:
        return not any(running.kept.standing.untold for running in self.product.running.values())

    async def _is_exact(self) -> bool:
        return (await self.verdict()).exact


def handover(name: str) -> dict[str, object]:
    """A hand-over, as it is announced."""
    return {
        "ref": ref(name),
        "country": "VN",
        "gate": "BAVET_MOC_BAI",
        "planned_day": "2026-11-05",
        "lines": [{"number": 1, "as_received": {"full_name": "Nguyễn Văn Thử"}}],
    }


def asking() -> dict[str, str]:
    """Who announces, with a key of its own."""
    return {"Authorization": SENDER, "Idempotency-Key": uuid.uuid4().hex}


@asynccontextmanager
async def living(settings: Settings) -> AsyncIterator[Living]:
    """A normal start, and a normal stop."""
    product = await asyncio.to_thread(partial(Embedded, settings, identify=invented))
    async with product.lifespan():
        transport = httpx.ASGITransport(app=product)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield Living(product, client)
