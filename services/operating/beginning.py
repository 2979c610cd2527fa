"""The order that begins a directory: the first organisation and its two stewards, written once by an operator.

Who may do it, and when it is refused, say the rules and the policy of the service that keeps the directory. What it
writes is a unit like any other, with its facts and its entry in the audit.
"""

from importlib import import_module
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, func, select

from services.operating.office import Office, Store, Trouble
from services.operating.orders import Answer, Order, Tell
from shared.auth import Caller, Purpose, Role
from shared.bus.consumer import Consuming
from shared.contracts.referrals import THE_DIRECTORY
from shared.errors import Refused
from shared.ids import pseudonym, random_ref
from shared.model import Command
from shared.runtime import Kept
from shared.sealing.keystore import WrappedKeyStore
from shared.service import Service
from shared.writing.asked import Asked
from shared.writing.commands import Handler
from shared.writing.work import perform

KEEPER, OPERATION = "referrals", "beginDirectory"
ASKED = "operating-begin_directory"


async def begin_directory(office: Office, order: Order, tell: Tell) -> Answer:
    """Begin the directory. Raises Trouble in one sentence where it was begun, or is not empty."""
    service, [kept] = _service(), office.of((KEEPER,))
    handler = next(row for thing in service.commands for row in thing if row.operation == OPERATION)
    command = _command(handler, order.directory)
    # The order was authorised where it came in. No role that a token can name may begin a directory.
    caller = Caller(office.staff, pseudonym("organisation", "operators"), Role.SYSTEM, Purpose.OPERATION)
    try:
        whole = _whole(kept, service, office.keys)
        done = await perform(whole, Asked(request_id=ASKED), caller, handler, command, ref=THE_DIRECTORY)
    except Refused as refused:
        raise Trouble(service.problems.get(refused.code, {}).get("en", refused.code)) from None
    return {"facts": dict(done.positions)}


async def has_begun(office: Office) -> bool:
    """Whether there ever was a steward."""
    [kept] = office.of((KEEPER,))
    steward = kept.ledger.stream.metadata.tables["steward"]

    def count(connection: Connection) -> int:
        return connection.execute(select(func.count()).select_from(steward)).scalar_one()

    return await kept.database.read(count) > 0


def _service() -> Service:
    found: Service = import_module(f"services.{KEEPER}.app").SERVICE
    return found


def _command(handler: Handler, said: dict[str, Any] | None) -> Command:
    """What the file says, as a command. Raises Trouble naming the first place where it says anything else."""
    try:
        return handler.command.model_validate(said)
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"])) or "all of it"
        raise Trouble(f"The file does not say what a directory begins with: look at {place}.") from None


def _whole(kept: Consuming, service: Service, keys: WrappedKeyStore | None) -> Kept:
    """All that a unit needs: a running product has it, and over stores opened for an operator it is put together."""
    if isinstance(kept, Kept):
        return kept
    assert isinstance(kept, Store)
    if keys is None:
        raise Trouble("The keys are not open here.")
    return Kept(
        name=kept.name,
        database=kept.database,
        ledger=kept.ledger,
        journey=kept.journey,
        reactions=kept.reactions,
        key_store=keys,
        secret=kept.secret,
        position_secret=b"",
        clock=kept.clock,
        draw=random_ref,
        policy=service.policy,
        actions=service.actions,
        standing=kept.standing,
    )
