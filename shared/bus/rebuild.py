"""Makes a service's views again from its journal and its inbox, in place, while everything runs. Plants no to-do.

A portion is read and folded without any lock. Only subjects whose result differs are locked, and written if nobody
changed them meanwhile; one that was changed is folded again under its lock. So a view is wholly old or wholly new at
every moment, writers hardly notice, and an interrupted rebuild is finished by running it again.
"""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection, delete

from shared.bus.folding import NOTHING, Past, View, Views, folded, past_of, stored_of
from shared.bus.portions import portions, quiet, subjects
from shared.errors import Contended
from shared.events.envelope import Stream
from shared.failpoints import failpoint
from shared.journey import Journey
from shared.journey.views import Moves, save
from shared.storage import Database, HowFar, Work, by_index, of_subjects, one_moment
from shared.storage.ledger import Ledger
from shared.writing import streams

PORTION = 200
TRIES = 10


@dataclass(frozen=True)
class Refolded:
    """How many subjects there were, how many came out otherwise; which could not be folded and stay as they were."""

    subjects: int
    changed: int
    failed: tuple[str, ...]


async def refold(database: Database, ledger: Ledger, journey: Journey, progress: HowFar = quiet) -> Refolded:
    """Fold every subject again."""
    everything, changed, failed = await subjects(database, ledger), 0, list[str]()
    for portion in portions(everything, PORTION, progress):
        stored, made = await _look(database, ledger, journey, portion)
        failed += [subject for subject in portion if subject not in made]
        other = {subject: stored[subject] for subject, view in made.items() if view != stored[subject]}
        if other:
            await _replace(database, partial(_write, ledger, journey, other, made))
            changed += len(other)
    return Refolded(len(everything), changed, tuple(failed))


async def differences(
    database: Database, ledger: Ledger, journey: Journey, progress: HowFar = quiet
) -> list[tuple[Stream, int]]:
    """The streams of which the view holds something else than the facts make of it, and its version. Writes nothing."""
    found = []
    for portion in portions(await subjects(database, ledger), PORTION, progress):
        stored, made = await _look(database, ledger, journey, portion)
        for subject in portion:
            facets = stored[subject].facets
            unlike = _unlike(stored[subject], made.get(subject, NOTHING))
            found += [(Stream(source, subject), facets[source][0] if source in facets else 0) for source in unlike]
    return found


def _unlike(stored: View, made: View) -> list[str]:
    """The sources of which one view holds something else than the other."""
    facets = {source for source, _ in set(stored.facets.items()) ^ set(made.facets.items())}
    return sorted(facets | {relation.source for relation in stored.relations ^ made.relations})


async def _look(database: Database, ledger: Ledger, journey: Journey, portion: Sequence[str]) -> tuple[Views, Views]:
    """What is stored of these subjects, and what comes of their facts, where a fold can be made."""

    def read(conn: Connection) -> tuple[Views, Past]:
        one_moment(conn)
        by_index(conn)
        return stored_of(conn, ledger, portion), past_of(conn, ledger, journey, portion)

    stored, past = await database.read(read)
    # Folding is work for the processor: in a thread, whoever shares this process goes on being answered.
    return stored, await asyncio.to_thread(folded, journey, portion, past)


async def _replace(database: Database, work: Work[None]) -> None:
    for _ in range(TRIES - 1):
        with contextlib.suppress(Contended):
            return await database.write(work)
    return await database.write(work)


def _write(ledger: Ledger, journey: Journey, stored: Views, made: Views, conn: Connection) -> None:
    """Under the locks: what was folded before, or folded again where somebody moved the subject meanwhile."""
    by_index(conn)
    streams.lock(conn, ledger, stored)
    now = stored_of(conn, ledger, stored)
    moved = [subject for subject in stored if now[subject] != stored[subject]]
    again = folded(journey, moved, past_of(conn, ledger, journey, moved)) if moved else {}
    views = {**{subject: made[subject] for subject in stored.keys() - moved}, **again}
    for table in (ledger.facet, ledger.relation):
        conn.execute(delete(table).where(of_subjects(table, conn)), {"subjects": list(views)})
    failpoint("rebuild.half_way")
    save(conn, ledger, _moves(views))


def _moves(views: Views) -> Moves:
    facets = [
        {"subject": subject, "source": source, "version": version, "data": json.loads(data)}
        for subject, view in views.items()
        for source, (version, data) in view.facets.items()
    ]
    relations = sorted(relation for view in views.values() for relation in view.relations)
    return Moves(facets, [], [], [relation._asdict() for relation in relations])
