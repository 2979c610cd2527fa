"""Answers stay within what one caller may see in an hour; of one who asks for more, people are told once an hour.

Who it is stands in the attention list alone, for those who may look there; the log says where and when.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from shared.auth import Caller
from shared.auth.budget import Budget, TooManyCases
from shared.clock import LOCAL
from shared.errors import Unavailable
from shared.ids import Subject
from shared.journey.attention import give_to_people
from shared.journey.todos import Todo
from shared.runtime import Kept

KIND = "many_cases_read"
"""Why people are called, in the list `attention_kind`."""

log = logging.getLogger(__name__)


async def within(budget: Budget, kept: Kept, caller: Caller, subjects: Iterable[str], now: datetime) -> None:
    """Count what an answer shows. Raises TooManyCases once people are told, Unavailable without an audit."""
    try:
        await budget.spend(kept.database, kept.ledger, caller, subjects, now)
    except SQLAlchemyError:
        raise Unavailable("store_unavailable") from None
    except TooManyCases:
        await _tell(kept, caller, now)
        raise


async def _tell(kept: Kept, caller: Caller, now: datetime) -> None:
    """While the store cannot be written, nothing is shown either."""
    try:
        told = await kept.database.write(lambda connection: _called(connection, kept, caller, now))
    except Unavailable:
        return
    if told:
        log.error("more cases asked for than one may see in an hour", extra={"service": kept.name})


def _called(connection: Connection, kept: Kept, caller: Caller, now: datetime) -> bool:
    hour = now.astimezone(LOCAL).strftime("%Y-%m-%dT%H")
    cause = f"{caller.staff_ref}|{caller.organisation_ref}|{hour}"
    todo = Todo(0, cause, KIND, Subject("staff", caller.staff_ref), None, 0, None)
    return give_to_people(connection, kept.ledger, kept.secret, todo, TooManyCases.code, now)
