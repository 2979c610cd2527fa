"""The orders about keys. No key and no secret is in any answer: what goes out of the house is encrypted before."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial

from services.operating.office import Office, Trouble
from services.operating.orders import Answer, Order, Tell
from shared.sealing.age import NoRecipient
from shared.sealing.escrow import escrowed
from shared.sealing.keyfile import NoKeys
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.looking import keyless, unopened
from shared.sealing.rotation import rotate
from shared.sealing.wrapping import AWAY, KeyServiceAway
from shared.writing.replacing import Sealed
from shared.writing.replacing import replace_keys as replace


async def check_keys(office: Office, order: Order, tell: Tell) -> Answer:
    """How many keys there are, how many do not open, and how many sealed subjects have none."""
    with _keys(office) as keys:
        there, shut = await unopened(keys, partial(tell, "keys"))
        found = {}
        for kept in office.stores:
            lacking = await keyless(keys, kept.name, kept.database, kept.ledger.stream.metadata)
            found[kept.name] = {"keys": there[kept.name], "unopened": shut[kept.name], "keyless": lacking}
        secrets = {"keys": there["secrets"], "unopened": shut["secrets"], "keyless": 0}
        return {"services": {**found, "secrets": secrets}}


async def rotate_keys(office: Office, order: Order, tell: Tell) -> Answer:
    """Go over to the next master key: of each service that is named, or of all that share one."""
    with _keys(office) as keys:
        if not order.services:
            return asdict(await rotate(keys, partial(tell, "keys")))
        return {name: asdict(await rotate(keys, partial(tell, name), name)) for name in order.services}


async def replace_keys(office: Office, order: Order, tell: Tell) -> Answer:
    """Give each subject another key, service by service."""
    with _keys(office) as keys:
        answer = {}
        for kept in office.of(order.services):
            mine = Sealed(kept.name, kept.database, kept.ledger.stream.metadata, keys, kept.clock)
            answer[kept.name] = asdict(await replace(mine, partial(tell, kept.name), alone=office.alone))
        return answer


async def export_keys(office: Office, order: Order, tell: Tell) -> Answer:
    """The master key and the secrets, encrypted to recipients."""
    with _keys(office) as keys:
        return {"file": base64.b64encode(await escrowed(keys, order.recipients)).decode()}


@contextmanager
def _keys(office: Office) -> Iterator[WrappedKeyStore]:
    """The store of keys; what is wrong with keys and recipients is an operator's trouble."""
    if office.keys is None:
        raise Trouble("The keys are not open here.")
    try:
        yield office.keys
    except (NoKeys, NoRecipient) as why:
        raise Trouble(str(why)) from None
    except KeyServiceAway:
        raise Trouble(AWAY) from None
