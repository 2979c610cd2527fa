"""The last lines of a demo: where the API pages are, and four lines that anybody can try with curl.

The four lines are correct as printed: announce and repeat answer the same receipt, read shows it, and the last one
shows a problem.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from shared.clock import local_day
from shared.ids import pseudonym
from story.header import Staff
from story.scenario import Scenario
from story.sheets import SERVICES

KEY = "try-it-once"


def addresses(base: str) -> Iterator[str]:
    """The API pages of the four services."""
    yield ""
    yield "API pages:"
    for service in SERVICES:
        yield f"  {base}/{service}/docs"


def _identity(who: Staff) -> str:
    """A token of theirs, asked for anew each time: it lives for five minutes."""
    return f'"Authorization: Bearer $({_homeward()} token --as {who.key})"'


def _homeward() -> str:
    """The command of the environment that runs this, as one would type it here."""
    command = Path(sys.executable).with_name("homeward")
    here = Path.cwd()
    return quote(str(command.relative_to(here) if command.is_relative_to(here) else command))


def _curl(who: Staff, url: str, body: object = None, key: str = KEY) -> str:
    words = ["curl", "-s", "-H", _identity(who)]
    if body is not None:
        said = json.dumps(body, ensure_ascii=False)
        words += [
            "-H",
            quote("Content-Type: application/json"),
            "-H",
            quote(f"Idempotency-Key: {key}"),
            "-d",
            quote(said),
        ]
    return "  " + " ".join([*words, quote(url)])


def curl_lines(base: str, scenario: Scenario) -> Iterator[str]:
    """Announce a list, repeat it safely, read what is announced, and meet a problem."""
    handover, officer, host = scenario.header.handover, scenario.on_duty("LISTS"), scenario.on_duty("RECEIVES")
    url = f"{base}/intake/v1/handovers"
    list_of_one = {
        "country": scenario.organisation[handover.sender].country,
        "gate": handover.gate,
        "planned_day": str(local_day(handover.arrived)),
        "host_ref": pseudonym("organisation", host.organisation),
        "lines": [{"number": 1, "as_received": {"full_name": "Nguyễn Văn Thử"}}],
    }
    yield ""
    yield "Try it: announce a list"
    yield _curl(officer, url, list_of_one)
    yield "The same again: the same answer, nothing stored twice"
    yield _curl(officer, url, list_of_one)
    yield "Read what is announced"
    yield _curl(host, f"{url}?status=announced")
    yield "A problem: the key of another request"
    yield _curl(officer, url, list_of_one | {"planned_day": "2015-11-05"})
