"""The generated pages say what the code says."""

from enum import StrEnum

from shared.contracts.catalogue import CATALOGUE
from shared.model import Command, StatusTable
from shared.reference.pages import events_page, states_pages
from tests.support.tale import JOURNEY, Counted, TaleAssigned, Whispered

PAGE = f"""\
<!-- Written by `make docs` from the code. Change the code instead. -->

# Events

3 events that the services publish. None carries a name, a text or an exact amount: only refs, codes, days, \
months, counts, bands and yes or no. A stream's events are numbered 1, 2, 3 ... per source and subject. \
Schemas and samples of all versions stand in [events/](events), the topic in [asyncapi.json](asyncapi.json).

## intake

### `{TaleAssigned.type}`

Somebody works on it.

Stream: `case`. Received by: grants.

| Field | Kind |
|---|---|
| `case_ref` | ref |
| `staff_ref` | ref |
| `organisation_ref` | ref |
| `kind` | code of `relation_kind` |

### `{Counted.type}`

Intake counted one more.

Stream: `case`. Received by: grants.

| Field | Kind |
|---|---|
| `case_ref` | ref |
| `number` | count |

### `{Whispered.type}`

A fact that nobody hears.

Stream: `case`. Received by: nobody yet.

| Field | Kind |
|---|---|
| `case_ref` | ref |
"""


def test_the_page_of_events_tells_teller_stream_fields_and_hearers() -> None:
    facts = {event.type: event for event in (Counted, Whispered, TaleAssigned)}
    assert events_page(facts, [JOURNEY]) == PAGE


def test_the_real_catalogue_has_a_page() -> None:
    page = events_page(CATALOGUE)
    assert all(f"### `{name}`" in page for name in CATALOGUE)
    assert page.count("| Field | Kind |") == len(CATALOGUE)


class Opened(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"


class OpenThing(Command):
    """Open it."""


class CloseThing(Command):
    """Close it."""


def test_a_page_of_states_shows_what_each_status_allows() -> None:
    table = StatusTable(
        "small_thing", frozenset({OpenThing}), {Opened.OPENED: frozenset({CloseThing}), Opened.CLOSED: frozenset()}
    )
    pages = states_pages({"grants": [table]})
    assert list(pages) == ["grants-small_thing.md"]
    assert """\
# grants: small thing

Each status with the commands it allows; the first arrow is how it begins.

```mermaid
stateDiagram-v2
    [*] --> opened : openThing
    opened : closeThing
    closed --> [*]
```
""" in pages["grants-small_thing.md"]
