"""What must be true when a load has come to rest, read from the rows alone: no code of the bus takes part.

Each function names what is wrong, in words that tell where. Nothing wrong anywhere is what "exact" means.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.support.load.facts import Answered, Counted, Looked, Refuted, secret_of
from tests.support.load.ground import Books
from tests.support.load.services import is_refused

Row = Mapping[str, Any]
COUNTS = (Counted.type, Refuted.type)
OTHER = {"intake": "grants", "grants": "intake"}


def faults(books: Books, *, mended: bool = False) -> list[str]:
    """Everything that is not exact, empty where nothing is. The re-fold is compared apart, in `refolding`."""
    found = [told, kept_answers, fed, ordered, acted, caused]
    return [fault for look in found for fault in look(books)] + list(heard(books, mended))


def number_of(row: Row) -> int:
    """The number a fact carries."""
    return int(row["data"].rpartition('"number":')[2].rstrip("}"))


def by_subject(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Rows by stream, in the order of their versions."""
    found: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["subject"], row["version"])):
        found.setdefault(row["subject"], []).append(row)
    return found


def told(books: Books) -> Iterator[str]:
    """An event is stored if and only if its change is stored, and versions are dense."""
    for service in OTHER:
        streams = by_subject(books.of(service, "journal"))
        for subject, facts in streams.items():
            if [fact["version"] for fact in facts] != list(range(1, len(facts) + 1)):
                yield f"{service} {subject}: versions are not dense"
        kept = {row["subject"]: row["version"] for row in books.of(service, "stream") if row["version"]}
        if kept != {subject: len(facts) for subject, facts in streams.items()}:
            yield f"{service}: streams and journal differ"
    yield from _told_of_things(books)


def _told_of_things(books: Books) -> Iterator[str]:
    journal = books.of("intake", "journal")
    counts = {
        subject: [number_of(row) for row in rows if row["type"] in COUNTS]
        for subject, rows in by_subject(journal).items()
    }
    if any(numbers != list(range(1, len(numbers) + 1)) for numbers in counts.values()):
        yield "intake: counts are not 1, 2, 3"
    tallies = {f"case/{row['case_ref']}": row["number"] for row in books.of("intake", "load_tally")}
    if tallies != {subject: len(numbers) for subject, numbers in counts.items() if numbers}:
        yield "intake: tallies and their facts differ"
    for service, table, kind in (("intake", "load_look", Looked), ("grants", "load_answer", Answered)):
        things = Counter((f"case/{row['case_ref']}", row["number"]) for row in books.of(service, table))
        if things != Counter(numbered(books, service, kind.type)):
            yield f"{service}: rows of {table} and their facts differ"


def numbered(books: Books, service: str, *types: str) -> list[tuple[str, int]]:
    """Subject and number of every fact of these types that a service told."""
    return [(row["subject"], number_of(row)) for row in books.of(service, "journal") if row["type"] in types]


def kept_answers(books: Books) -> Iterator[str]:
    """What a writer was answered is stored, under its request; what is stored was asked for once.

    The answer to a request that ran before names how far its streams have come by now, which others may have moved on.
    """
    told: dict[tuple[str, str], set[int]] = {}
    for row in books.of("intake", "journal"):
        told.setdefault((row["subject"], row["correlation"]), set()).add(row["version"])
    for answer in books.answered:
        for subject, version in answer["positions"].items():
            there = told.get((subject, answer["request"]), set())
            if version not in there and not (answer.get("replayed") and any(own < version for own in there)):
                yield f"answered and lost: {subject} {version}"
    keys = {row["key"] for row in books.of("intake", "idempotency")}
    if lost := [answer["key"] for answer in books.answered if answer["key"] not in keys]:
        yield f"{len(lost)} answered keys are not remembered"
    requests = {row["correlation"] for row in books.of("intake", "journal") if row["type"] in COUNTS}
    if len(requests) != len(keys):
        yield f"{len(keys)} keys for {len(requests)} requests"


def fed(books: Books) -> Iterator[str]:
    """Everything was sent, and has its place in the change feed, each stream in its order."""
    for service in OTHER:
        if waiting := len(books.of(service, "pending")):
            yield f"{service}: {waiting} pending"
        places = [row["position"] for row in books.of(service, "journal")]
        if sorted(place or 0 for place in places) != list(range(1, len(places) + 1)):
            yield f"{service}: places in the change feed are not 1, 2, 3"
        for subject, facts in by_subject(books.of(service, "journal")).items():
            rising = [fact["position"] or 0 for fact in facts]
            if rising != sorted(rising):
                yield f"{service} {subject}: the change feed is out of order"


def heard(books: Books, mended: bool) -> Iterator[str]:
    """What was told is applied or parked, word for word, and only the poisoned stream waits, until it is mended."""
    for teller, listener in OTHER.items():
        arrived = by_subject(row for row in books.of(listener, "heard") if row["source"] == teller)
        journal = by_subject(books.of(teller, "journal"))
        for subject in journal.keys() | arrived.keys():
            where, facts = f"{listener} of {teller} {subject}", journal.get(subject, [])
            breaks = listener == "grants" and not mended
            yield from _heard_stream(where, facts, arrived.get(subject, []), breaks, listener)
        if strange := [row for row in books.of(listener, "heard") if row["source"] not in OTHER]:
            yield f"{listener}: {len(strange)} unreadable"


def _heard_stream(where: str, told: list[Row], arrived: list[Row], breaks: bool, listener: str) -> Iterator[str]:
    if [row["version"] for row in arrived] != [row["version"] for row in told]:
        yield f"{where}: {len(told)} told, {len(arrived)} heard"
        return
    poison = next((row["version"] for row in told if breaks and row["type"] == Refuted.type), None)
    for fact, row in zip(told, arrived, strict=True):
        should = "applied" if poison is None or row["version"] < poison else "parked"
        if row["status"] != should:
            yield f"{where} {row['version']}: {row['status']} ({row['why']})"
        elif should == "applied" and any(row[name] != fact[name] for name in _WORDS):
            yield f"{where} {row['version']}: not what was told"
        elif should == "parked" and _body(listener, row) != fact["data"].encode():
            yield f"{where} {row['version']}: parked other bytes"


def _body(listener: str, row: Row) -> bytes | None:
    """What lies sealed in a row that waits: nothing where it does not open, or its digest is another's."""
    secret = secret_of(listener)
    seal, digest = (hmac.digest(secret, f"waiting-bodies:{use}".encode(), "sha256") for use in ("seal", "digest"))
    place = f"{row['source']} {row['subject']} {row['version']}"
    try:
        clear = AESGCM(seal).decrypt(row["raw"][1:13], row["raw"][13:], place.encode())
    except InvalidTag:
        return None
    same = hmac.digest(digest, clear, "sha256").hex() == row["digest"]
    return clear[4 + int.from_bytes(clear[:4], "big") :] if same and row["headers"] == {} else None


_WORDS = ("event_id", "type", "effective", "recorded", "correlation", "causation", "data")


def applied(books: Books, listener: str, subject: str, *types: str) -> list[int]:
    """The numbers that a service applied (or told itself) of a subject, in order."""
    rows = [row for row in books.of(listener, "heard") if row["status"] == "applied"] + list(
        books.of(listener, "journal")
    )
    mine = [row for row in rows if row["subject"] == subject and row["type"] in types]
    return [number_of(row) for row in sorted(mine, key=lambda row: row["version"])]


def ordered(books: Books) -> Iterator[str]:
    """Each facet stands at the last applied version, counted everything once, and in order."""
    for service in OTHER:
        reached: dict[tuple[str, str], int] = {}
        seen: Counter[tuple[str, str]] = Counter()
        for row in [
            *books.of(service, "heard"),
            *({**row, "source": service, "status": "applied"} for row in books.of(service, "journal")),
        ]:
            if row["status"] == "applied":
                key = (row["subject"], row["source"])
                reached[key] = max(reached.get(key, 0), row["version"])
                seen[key] += row["type"] in (*COUNTS, Answered.type)
        for facet in books.of(service, "facet"):
            key = (facet["subject"], facet["source"])
            if facet["version"] != reached.pop(key, None):
                yield f"{service}: facet {key} stands at {facet['version']}"
            if not facet["data"]["in_order"] or facet["data"]["count"] != seen[key]:
                yield f"{service}: facet {key} counted {facet['data']}, applied {seen[key]}"
        if reached:
            yield f"{service}: no facet of {len(reached)} streams"


def to_do(books: Books) -> Iterator[str]:
    """Nothing is left to do."""
    for service in OTHER:
        if left := len(books.of(service, "todo")):
            yield f"{service}: {left} to do"


def acted(books: Books) -> Iterator[str]:
    """Every reaction and deadline happened once, a refusal went to people, and nothing is left to do."""
    yield from to_do(books)
    heard_counts = [
        (row["subject"], number_of(row))
        for row in books.of("grants", "heard")
        if row["status"] == "applied" and row["type"] == Counted.type
    ]
    wanted = Counter(pair for pair in heard_counts if not is_refused(pair[1]))
    answers = numbered(books, "grants", Answered.type)
    missing, doubled = wanted - Counter(answers), Counter(answers) - wanted
    if missing or doubled:
        yield f"grants: {missing.total()} answers missing, {doubled.total()} too many"
    refused = Counter(subject for subject, number in heard_counts if is_refused(number))
    if Counter(row["subject"] for row in books.of("grants", "attention")) != refused:
        yield "grants: refusals and attention differ"
    due = Counter(pair for pair in numbered(books, "intake", *COUNTS) if pair[1] % 4 == 0)
    if Counter(numbered(books, "intake", Looked.type)) != due:
        yield "intake: deadlines and looks differ"


def caused(books: Books) -> Iterator[str]:
    """Every answer names the fact that caused it and the request behind both."""
    cause = {row["event_id"]: row for row in books.of("intake", "journal")}
    for row in books.of("grants", "journal"):
        before = cause.get(row["causation"])
        if before is None or (before["subject"], number_of(before)) != (row["subject"], number_of(row)):
            yield f"grants {row['subject']} {row['version']}: answers nothing"
        elif before["correlation"] != row["correlation"]:
            yield f"grants {row['subject']} {row['version']}: forgot its request"
