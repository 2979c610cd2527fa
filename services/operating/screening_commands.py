"""`homeward screening evaluate FILE`: the rules of screening alone, for whoever must check or repeat a suggestion.

Nothing is started, opened or stored. What it reads is not kept, and a bad line is not repeated in the answer.
"""

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from services.operating.terminal import refuse

LONGEST = 65_536
"""Bytes of a line. One with all that can be said has 2,000."""

screening = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="The rules of screening by themselves."
)


@screening.callback()
def _named() -> None:
    """So that `evaluate` is named, although it is the only one."""


@screening.command()
def evaluate(
    file: Annotated[Path, typer.Argument(help="One JSON object a line; `-` is standard input.", allow_dash=True)],
    ruleset: Annotated[str, typer.Option(help="Which version of the rules; the latest unless named.")] = "",
    language: Annotated[str, typer.Option(help="Reasons as sentences too: km, vi or en.")] = "",
) -> None:
    """Suggest a finding for each line, with its reasons. Ends with 1 where a line was bad, with 2 without a file."""
    rules: Any = import_module("services.screening.determinations.rules")
    languages: Any = import_module("shared.codes").Language
    if ruleset and ruleset not in rules.RULESETS:
        refuse(f"There are no such rules: {', '.join(rules.RULESETS)}.")
    if language and language not in set(languages):
        refuse(f"There is no such language: {', '.join(languages)}.")
    chosen = rules.RULESETS[ruleset] if ruleset else rules.LATEST
    spoken = languages(language) if language else None
    try:
        if str(file) == "-":
            bad = _each(sys.stdin.buffer, chosen, spoken)
        else:
            with file.open("rb") as lines:
                bad = _each(lines, chosen, spoken)
    except OSError as error:
        refuse(f"The file cannot be read ({type(error).__name__}).")
    raise typer.Exit(1 if bad else 0)


def _each(lines: BinaryIO, ruleset: Any, language: Any) -> int:
    """Answer line by line, and how many were bad. Lines without anything are passed over."""
    evaluated: Any = import_module("services.screening.determinations.recorded").evaluated
    bad = 0
    for number, line in enumerate(_lines(lines), start=1):
        if not line.strip():
            continue
        try:
            answer = evaluated(ruleset, said(line), language)
        except ValueError as error:
            answer = {"error": {"line": number, "code": str(error)}}
            bad += 1
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    return bad


def _lines(lines: BinaryIO) -> Iterator[bytes]:
    """Each line; of one that is too long no more than shows it, so that no file fills the memory."""
    while line := lines.readline(LONGEST + 1):
        rest = line
        while len(rest) > LONGEST and not rest.endswith(b"\n"):
            rest = lines.readline(LONGEST + 1)
        yield line


def said(line: bytes) -> Any:
    """What a line says. Raises ValueError with a code where it is no JSON, too long, or says something twice."""
    if len(line) > LONGEST:
        raise ValueError("line_too_long")
    try:
        return json.loads(line.decode("utf-8"), object_pairs_hook=_once)
    except _Twice:
        raise ValueError("key_stands_twice") from None
    except (ValueError, RecursionError):
        raise ValueError("not_json") from None


class _Twice(Exception):
    """A key stands twice in one object: two readers would read two things."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found
