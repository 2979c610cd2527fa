"""Runs of the demo as a person would start them, and what is left in the data folder afterwards."""

import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.ports import free_port

SERVICES = ("intake", "screening", "referrals", "grants")
PATIENCE = 500
"""Seconds in which a demo ends on the busiest machine; a hang does not."""
STORY = Path("examples/long-an-33")
SEED = 33
MOMENTS = 20
MARK = "Reconciliation"
"""The heading of the first table: from there on the output must not depend on how the run went."""

Stream = tuple[str, str, tuple[tuple[str, str, str], ...]]


@dataclass(frozen=True)
class Keys:
    """What a key store holds: the wrapped keys by service and subject, and those that must still seal a row."""

    held: dict[tuple[str, str], bytes]
    on_trial: set[tuple[str, str]]


@dataclass
class Demo:
    """One data folder and the demos run on it, one after the other."""

    folder: Path
    scenario: Path

    def start(self) -> subprocess.Popen[str]:
        """A demo in a process of its own, without a terminal."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HOMEWARD_")}
        environment |= {
            "HOMEWARD_DATA_DIR": str(self.folder / "data"),
            "HOMEWARD_PORT": str(free_port()),
            "COLUMNS": "200",
        }
        return subprocess.Popen(
            [sys.executable, "-m", "services", "demo", "--exit", "--scenario", str(self.scenario.resolve())],
            cwd=self.folder,
            env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def play(self) -> str:
        """Run to the end and return the printed tables."""
        process = self.start()
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, output[-3000:]
        return output[output.index(MARK) : output.index("The same as a page")]

    def kill_at(self, facts: int) -> int:
        """Start, and kill -9 as soon as so many facts are stored; how many were. At 0: as soon as it has a folder."""
        process = self.start()
        until = time.monotonic() + PATIENCE
        while not (self.folder / "data").exists() or self.facts() < facts:
            assert process.poll() is None, "the demo ended before it could be killed"
            assert time.monotonic() < until, f"{facts} facts were never reached"
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        return self.facts()

    def facts(self) -> int:
        """How many facts all services have stored so far."""
        return sum(map(self._stored, SERVICES))

    def _stored(self, service: str) -> int:
        path = self.folder / "data" / f"{service}.db"
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return int(connection.execute("select count(*) from journal").fetchone()[0])
        except sqlite3.OperationalError:  # no file or no table yet
            return 0

    def streams(self) -> Counter[Stream]:
        """Every stream of every service as its set of (type, effective time, codes), whatever its ref is."""
        found: Counter[Stream] = Counter()
        for service in SERVICES:
            for subject, facts in self._facts(service).items():
                found[(service, subject.partition("/")[0], tuple(sorted(facts)))] += 1
        return found

    def _facts(self, service: str) -> dict[str, set[tuple[str, str, str]]]:
        facts: dict[str, set[tuple[str, str, str]]] = {}
        with sqlite3.connect(self.folder / "data" / f"{service}.db") as connection:
            rows = connection.execute("select subject, type, effective, data from journal").fetchall()
            # The directory begins with the process, by the clock; all else happens on the days of the story.
            begins = {effective for _, kind, effective, _ in rows if kind == "referrals.steward.appointed.v1"}
            for subject, kind, effective, data in rows:
                when = "at its beginning" if effective in begins else effective
                facts.setdefault(subject, set()).add((kind, when, codes(json.loads(data))))
        connection.close()
        return facts

    def rows(self) -> dict[str, str]:
        """A digest of all rows of every table of every service and of the log.

        Less the audit and its tree, and less the life of the log, which every start begins anew. Less the register of
        staff: whoever signs in is noted beside their request, and a process may end before it has noted all.
        """
        digests: dict[str, str] = {}
        for service in (*SERVICES, "bus"):
            for (name,) in self._select(service, "select name from sqlite_master where type = 'table'"):
                if name not in {"sqlite_sequence", "bus_log", "life", "staff"} and not name.startswith("audit"):
                    # How many keys were proven, and entries numbered, is noted by the clock, as probation is.
                    facts = " where name not like 'keys_made%' and name not like 'audit%'" if name == "counter" else ""
                    rows = sorted(map(repr, self._select(service, f"select * from {name}{facts}")))
                    digests[f"{service}.{name}"] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
        return digests

    def staff(self) -> set[str]:
        """The entries of the register of staff."""
        return set(map(repr, self._select("referrals", "select * from staff")))

    def keys(self) -> Keys:
        """The wrapped key of each service and subject, and which of them are on probation."""
        held = self._select("keys", "select service, subject, wrapped from data_key")
        trial = self._select("keys", "select service, subject from trial")
        return Keys({(service, subject): wrapped for service, subject, wrapped in held}, set(trial))

    def _select(self, store: str, query: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "data" / f"{store}.db")) as connection:
            return connection.execute(query).fetchall()


Run = tuple[Demo, str]
"""A demo that came to its end, and its tables."""


def moments() -> list[float]:
    """Twenty fractions of all facts: at the very first and at the very last, and drawn in between, by the seed."""
    draw = random.Random(SEED)  # noqa: S311 -- moments, not secrets
    between = [(turn + draw.random()) / (MOMENTS - 2) for turn in range(MOMENTS - 2)]
    return [0.0, *between, 1.0]


def survives(folder: Path, whole: Run, fraction: float) -> None:
    """Kill a demo when so much of all facts is stored, and start it again: it ends as one that nobody disturbed."""
    undisturbed, tables = whole
    demo, facts = Demo(folder, STORY), undisturbed.facts()
    stored = demo.kill_at(int(fraction * facts))
    print(f"seed {SEED}: kill -9 after {stored} of {facts} facts")  # noqa: T201 -- to repeat it
    assert demo.play() == tables
    assert demo.streams() == undisturbed.streams()


def codes(data: object) -> str:
    """What an event says besides refs: its codes, days, counts and booleans, as one text."""
    if isinstance(data, dict):
        return json.dumps(
            {key: codes(value) for key, value in sorted(data.items()) if not key.endswith(("ref", "refs"))}
        )
    return json.dumps(data, sort_keys=True)
