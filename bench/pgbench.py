"""The yardstick of PostgreSQL writes: pgbench, running the very statements of one of our units.

They are taken from the server's own log, so none is missed, whichever way it was sent. What two units have alike stays
as it is; every ref in which they differ is drawn anew by the server in each transaction.
"""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.postgres import PROGRAMS

_ENTRY = re.compile(r"^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\] (\w+):  ", re.MULTILINE)
_EXECUTED = re.compile(r"(?:statement|execute [^:]*): (.*)", re.DOTALL)
_GIVEN = re.compile(r"\$(\d+) = (NULL|'(?:[^']|'')*')")
_REF = re.compile(r"[0-9a-f]{32}")


@dataclass
class Statement:
    """A statement as it reached the server, with its parameters as SQL literals."""

    text: str
    given: dict[int, str]


def units(log: str) -> list[list[Statement]]:
    """The statements of each transaction in a log of one session's `log_statement = all`, in order."""
    found: list[list[Statement]] = []
    kinds, bodies = _ENTRY.split(log)[1::2], _ENTRY.split(log)[2::2]
    for kind, body in zip(kinds, bodies, strict=True):
        executed = _EXECUTED.match(body.strip())
        if kind == "DETAIL" and found and found[-1]:
            found[-1][-1].given = {int(number): value for number, value in _GIVEN.findall(body)}
        elif kind == "LOG" and executed is not None:
            text = executed[1].strip().rstrip(";").replace("\n\t", "\n")
            if text.startswith("BEGIN"):
                found.append([])
            elif found and not text.startswith(("COMMIT", "ROLLBACK")):
                found[-1].append(Statement(text, {}))
    return found


def script(one: Sequence[Statement], other: Sequence[Statement]) -> str:
    """A pgbench script that does what both units did, with refs of its own in every transaction."""
    assert [each.text for each in one] == [each.text for each in other], "two units of the same kind differ"
    fresh: dict[str, int] = {}
    lines = ["\\set n random(1, 9000000000000000000)", "BEGIN;"]
    for ours, theirs in zip(one, other, strict=True):
        pairs = ((number, _safe(value), _safe(theirs.given[number])) for number, value in ours.given.items())
        values = {number: _renewed(value, other, fresh) for number, value, other in pairs}
        text = _filled(ours.text, values)
        # What the server numbered itself, and a later statement of the unit names.
        lines.append(" ".join(text.split()) + (" \\gset" if text.rstrip().endswith("RETURNING journal.id") else ";"))
    return "\n".join([*lines, "COMMIT;", ""])


def _filled(text: str, values: dict[int, str]) -> str:
    return re.sub(r"\$(\d+)", lambda found: values[int(found[1])], text)


def _safe(literal: str) -> str:
    """A literal in which pgbench finds no variable: it would take the `:false` of JSON for one."""
    return "E" + literal.replace("\\", "\\\\").replace(":", "\\x3a") if ":" in literal else literal


def _renewed(value: str, other: str, fresh: dict[str, int]) -> str:
    """A literal in which every ref that differs from the other unit's is an expression."""
    if value == other or "NULL" in (value, other):
        return value
    if value.strip("'").isdigit():
        return ":id"
    if not _REF.search(value):
        return value
    refs, others = _REF.findall(value), set(_REF.findall(other))
    for ref in refs:
        if ref not in others:
            escape = "E" if value.startswith("E") else ""
            value = value.replace(ref, f"' || md5(:n::text || '{fresh.setdefault(ref, len(fresh))}') || {escape}'")
    return f"({value})".replace("('' || ", "(").replace(" || '')", ")")


def run(url: str, path: Path, clients: int, each: int) -> float:
    """Transactions per second by so many clients, each doing so many."""
    asked = ("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-t", str(each), "-f", str(path), url)
    said = subprocess.run((str(PROGRAMS / "pgbench"), *asked), capture_output=True, text=True, check=False)
    assert said.returncode == 0 and "number of failed transactions: 0 " in said.stdout, said.stderr[-2000:]
    found = re.search(r"tps = ([\d.]+)", said.stdout)
    assert found is not None, said.stdout
    return float(found[1])
