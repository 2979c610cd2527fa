"""What a unit asks as soon as it has its lock, in one statement: which parts its caller has now, and a given answer.

Each would be a statement of its own otherwise, and on PostgreSQL a round trip under the lock.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, literal, select

from shared.auth import Caller
from shared.reading.parts import of_caller, who
from shared.storage import among
from shared.storage.ledger import Ledger
from shared.storage.tables import Row
from shared.writing.again import remembered_for
from shared.writing.asked import Asked

PARTS = "subject", "organisation_ref", "staff_ref", "kind", "until", "since"
ANSWER = "thing", "ref", "lines", "version", "thing_status"
"""What a request was answered, besides the digest by which it is recognised."""


def recheck(
    connection: Connection, ledger: Ledger, caller: Caller, now: datetime, asked: Asked, subjects: Collection[str]
) -> tuple[Sequence[Any], Row | None]:
    """The rows of the caller's parts in these subjects, and the answer that this request had if it was taken before."""
    request = {"caller": remembered_for(caller), "operation": asked.operation, "key": asked.key}
    one_by_one = connection.dialect.name == "sqlite"
    marks = {f"subject_{number}": subject for number, subject in enumerate(subjects)}
    about: dict[str, Any] = marks if one_by_one else {"subjects": sorted(subjects)}
    query = _both(ledger, len(subjects) if one_by_one else None)
    rows = connection.execute(query, {**who(caller), "now": now, **request, **about}).all()
    answers = (dict(zip(("digest", *ANSWER), row[len(PARTS) :], strict=True)) for row in rows)
    answer = next((answer for answer in answers if answer["digest"] is not None), None)
    return [row for row in rows if row.subject is not None], answer


@cache
def _both(ledger: Ledger, many: int | None) -> Select[Any]:
    """Asked of so many subjects by a mark each, since expanding a list costs more than the answer; or of one array."""
    part, known = ledger.relation, ledger.idempotency
    marks: list[BindParameter[str]] = [bindparam(f"subject_{n}") for n in range(many or 0)]
    about = among(part.c.subject, "subjects", "postgresql") if many is None else part.c.subject.in_(marks)
    of_request = (known.c[name] == bindparam(name) for name in ("caller", "operation", "key"))
    one = select(literal(1).label("one")).subquery("one")
    found = one.outerjoin(part, and_(about, *of_caller(ledger))).outerjoin(known, and_(*of_request))
    columns = *(part.c[name] for name in PARTS), known.c.digest, *(known.c[name] for name in ANSWER)
    return select(*columns).select_from(found)
