"""Entries of the audit that stand alone: of what was shown, and of refusals. Nothing is answered before its entry.

What a command changes has its entry in the transaction of the change, see `shared.writing.tail`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from shared.auth import Caller
from shared.errors import HomewardError, Unavailable
from shared.ids import Subject
from shared.runtime import Kept
from shared.writing import tail


async def entered(kept: Kept, entries: Sequence[Mapping[str, Any]]) -> None:
    """Store entries. Raises Unavailable where they cannot be, whatever the reason: then nobody is answered.

    A store that gave no answer in time may have kept them: the audit then says more than was shown, and never less.
    """
    try:
        await kept.database.write(lambda connection: connection.execute(insert(kept.ledger.audit), list(entries)))
    except SQLAlchemyError:
        raise Unavailable("store_unavailable") from None


async def refused(
    kept: Kept, caller: Caller, action: str, refusal: HomewardError, subjects: Iterable[str], request_id: str
) -> None:
    """The entry of a refusal, once. Raises Unavailable instead of it where there can be none.

    A store that could not be reached is not asked once more: somebody waits.
    """
    if refusal.audited or refusal.code == "store_unavailable":
        return
    about = sorted(set(subjects))
    entry = tail.entry(kept.clock(), caller, action, refusal.code, subjects=about, classes=(), request_id=request_id)
    await entered(kept, [entry])
    refusal.audited = True


def kind_of(action: str, service: str) -> str:
    """What an action is about: `intake.case.read` is about a case, `attention.read` about a row of attention."""
    first, _, rest = action.partition(".")
    return rest.partition(".")[0] if first == service else first


def named(action: str, service: str, path: Mapping[str, object]) -> set[str]:
    """What a request names by its address, there or not: so much is known of a refusal without a look."""
    kinds = {"ref": kind_of(action, service), "case_ref": "case"}
    return {Subject(kind, str(path[name])) for name, kind in kinds.items() if path.get(name) is not None}
