"""Carries out one order: directly, over stores that it opens itself, or through the door of the product that runs here.

A command that works directly holds the data folder's lock meanwhile, so that no product starts under it.
"""

import contextlib
import getpass
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from services.operating.door import KEY, PREFIX, WHO, operator
from services.operating.office import Trouble, opened
from services.operating.orders import Answer, Order, Tell
from services.operating.work import KEYED, worked
from shared import stores
from shared.ids import pseudonym
from shared.settings import Settings
from shared.storage.folder import Hold, Taken


async def carry_out(settings: Settings, name: str, order: Order, tell: Tell) -> Answer:
    """The answer to an order. Raises Trouble, or whatever opening the stores raises."""
    hold = hold_on(settings)
    if isinstance(hold, Mapping):
        return await _through_the_door(hold, name, order, tell)
    with hold or contextlib.nullcontext():
        async with opened(settings, keyed=name in KEYED, alone=hold is not None) as office:
            return await worked(office, operator(who()), name, order, tell)


def hold_on(settings: Settings) -> Hold | Mapping[str, Any] | None:
    """The locked data folder; or the address of the product that runs on it; None where no file is shared."""
    if stores.elsewhere(settings) or not Path(settings.data_dir).exists():
        return None
    try:
        return Hold(Path(settings.data_dir))
    except Taken as taken:
        if "door" not in taken.holder:
            raise Trouble(f"{taken} Wait until it is done.") from None
        return taken.holder


async def _through_the_door(holder: Mapping[str, Any], name: str, order: Order, tell: Tell) -> Answer:
    headers = {WHO: who(), KEY: str(holder["key"])}
    try:
        async with (
            httpx.AsyncClient(base_url=str(holder["door"]), timeout=httpx.Timeout(10, read=None)) as client,
            client.stream("POST", f"{PREFIX}{name}", content=order.model_dump_json(), headers=headers) as answer,
        ):
            if not answer.is_success:
                raise Trouble(f"The product that runs here (process {holder['pid']}) answered {answer.status_code}.")
            async for line in answer.aiter_lines():
                said = json.loads(line)
                if "answer" in said:
                    return dict(said["answer"])
                if "error" in said:
                    raise Trouble(said["error"])
                tell(said["at"], said["done"], said["of"])
    except httpx.TransportError:
        pass
    raise Trouble(f"The product that runs here (process {holder['pid']}) does not answer.")


def who() -> str:
    """Whoever is logged in on this machine, under a pseudonym."""
    return pseudonym("staff", getpass.getuser())
