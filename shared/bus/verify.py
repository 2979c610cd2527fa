"""Compares the journals of all services with all views: lost, doubled, untold, out of order, other words, other facets.

It changes nothing, and the services may go on meanwhile: views are read before journals, so every event in a view must
stand in a journal. An event that a view still lacks is looked for again until `patience` is over, and only then counts
as lost.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, select

from shared.bus.consumer import Consuming
from shared.bus.portions import portions, quiet, subjects
from shared.bus.rebuild import differences
from shared.bus.sums import unlike
from shared.bus.verdict import NOTHING_HEARD, NOTHING_TOLD, Fact, Finding, Kind, Told, Verdict, View, compare, own
from shared.events.envelope import Stream
from shared.storage import HowFar, of_subjects, one_moment

PORTION = 300
PAUSE = 0.2
MAY_COME = frozenset({Kind.LOST, Kind.WAITING})

Place = tuple[str, str, str, int]


async def verify(
    stores: Sequence[Consuming], *, patience: float = 10.0, deep: bool = False, progress: HowFar = quiet
) -> Verdict:
    """Compare every journal with every view of these services; only among them is anything expected to be received.

    `patience` is in seconds; a lost event costs all of it. `deep` folds every view once more, in memory,
    and compares it with the stored one byte for byte.
    """
    verdict, late = Verdict(), set[Finding]()
    everything = set[str]()
    for kept in stores:
        everything.update(await subjects(kept.database, kept.ledger))
    for portion in portions(sorted(everything), PORTION, progress):
        closely = sorted(await unlike(stores, portion, verdict))
        for finding in await _compared(stores, closely, verdict) if closely else ():
            if finding.kind in MAY_COME and finding.teller != finding.hearer:
                late.add(finding)
            else:
                verdict.add([finding])
    verdict.add(await _still(stores, late, patience, verdict))
    for kept in stores if deep else ():
        for (teller, subject), version in await differences(kept.database, kept.ledger, kept.journey, progress):
            verdict.add([Finding(Kind.FACET, teller, kept.name, subject, version)])
    return verdict


async def _still(stores: Sequence[Consuming], late: set[Finding], patience: float, verdict: Verdict) -> list[Finding]:
    """What is still wrong with these places, when they have had time to come right."""
    until = asyncio.get_running_loop().time() + patience
    missed, wrong = {_place(finding) for finding in late}, late
    while any(finding.kind in MAY_COME for finding in wrong) and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(PAUSE)
        wrong = set()
        for portion in portions(sorted({subject for _, _, subject, _ in missed}), PORTION, quiet):
            found = await _compared(stores, portion, Verdict())
            wrong |= {finding for finding in found if _place(finding) in missed}
    for teller, hearer, _, _ in missed - {_place(finding) for finding in wrong if finding.kind in MAY_COME}:
        verdict.applied[teller, hearer] += 1
    return sorted(wrong)


def _place(finding: Finding) -> Place:
    return finding.teller, finding.hearer, finding.subject, finding.version


async def _compared(stores: Sequence[Consuming], portion: Sequence[str], verdict: Verdict) -> list[Finding]:
    tellers = [kept.name for kept in stores]
    views = {kept.name: await kept.database.read(partial(_views, kept, tellers, portion)) for kept in stores}
    found: list[Finding] = []
    for kept in stores:
        told, facets = await kept.database.read(partial(_journal, kept, portion))
        for subject in portion:
            stream, here = Stream(kept.name, subject), told.get(subject, NOTHING_TOLD)
            verdict.told[kept.name] += len(here.facts)
            found.extend(own(stream, here, facets.get(subject, 0)))
            for hearer, view in views.items():
                if hearer != kept.name:
                    heard = view.get(stream, NOTHING_HEARD)
                    verdict.applied[kept.name, hearer] += len(heard.applied)
                    found.extend(compare(stream, hearer, here, heard))
    return found


def _views(kept: Consuming, tellers: Sequence[str], portion: Sequence[str], conn: Connection) -> Mapping[Stream, View]:
    """What a service makes of the others' streams."""
    one_moment(conn)
    heard = kept.ledger.heard
    query = select(heard.c.source, heard.c.subject, heard.c.version, heard.c.status, *_words(heard))
    applied: dict[Stream, dict[int, Fact]] = {}
    others: dict[str, dict[Stream, set[int]]] = {"waiting": {}, "dismissed": {}}
    for source, subject, version, status, *words in conn.execute(
        query.where(heard.c.source.in_(tellers), of_subjects(heard, conn)), {"subjects": list(portion)}
    ):
        stream = Stream(source, subject)
        if status == "applied":
            applied.setdefault(stream, {})[version] = Fact(*words)
        else:
            others["dismissed" if status == "dismissed" else "waiting"].setdefault(stream, set()).add(version)
    facets = {stream: version for stream, version in _facets(conn, kept, portion) if stream.source != kept.name}
    waiting, dismissed = others.values()
    return {
        stream: View(
            applied.get(stream, {}),
            frozenset(waiting.get(stream, ())),
            facets.get(stream, 0),
            frozenset(dismissed.get(stream, ())),
        )
        for stream in {*applied, *waiting, *dismissed, *facets}
    }


def _journal(kept: Consuming, portion: Sequence[str], conn: Connection) -> tuple[Mapping[str, Told], Mapping[str, int]]:
    """What a service published, by subject, and how far its own facets are."""
    one_moment(conn)
    journal, stream = kept.ledger.journal, kept.ledger.stream
    given = {"subjects": list(portion)}
    query = select(journal.c.subject, journal.c.version, *_words(journal)).where(of_subjects(journal, conn))
    facts: dict[str, dict[int, Fact]] = {}
    for subject, version, *words in conn.execute(query, given):
        facts.setdefault(subject, {})[version] = Fact(*words)
    ends = select(stream.c.subject, stream.c.version).where(of_subjects(stream, conn))
    reached = {row.subject: row.version for row in conn.execute(ends, given)}
    own_facets = {at.subject: version for at, version in _facets(conn, kept, portion) if at.source == kept.name}
    told = {subject: Told(facts.get(subject, {}), reached.get(subject, 0)) for subject in {*facts, *reached}}
    return told, own_facets


def _facets(conn: Connection, kept: Consuming, portion: Iterable[str]) -> Iterator[tuple[Stream, int]]:
    facet = kept.ledger.facet
    query = select(facet.c.source, facet.c.subject, facet.c.version).where(of_subjects(facet, conn))
    for source, subject, version in conn.execute(query, {"subjects": list(portion)}):
        yield Stream(source, subject), version


def _words(table: Table) -> Iterable[Any]:
    return [table.c[name] for name in Fact._fields]
