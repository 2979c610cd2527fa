"""A published fact never changes its meaning: its schema only grows, its sample is never touched, its codes stay."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

import pytest

from shared.codes import CodeOf
from shared.contracts.catalogue import EVERY
from shared.contracts.leaves import Count
from shared.ids import CaseRef
from shared.model import Event
from shared.reference.kept import CODES, SEALS, codes, digest, keep, sample_path, schema_path, seals
from shared.reference.schemas import code_lists, schema_of
from tests.support.evolution import KEPT, faults, new_reads_old, old_reads_new, renew

ROOT = KEPT.parents[1]
REF, CLOSED = {"type": "string", "pattern": "^[0-9a-f]{32}$"}, {"type": "string", "enum": ["A", "B"]}
CODE = {"type": "string", "x-code-list": "service"}

every_version = pytest.mark.parametrize("event", [pytest.param(event, id=name) for name, event in EVERY.items()])


def shape(*required: str, **properties: Any) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": properties,
        "required": list(required),
    }


OLD = shape("a", a=REF, b=CLOSED)


@pytest.mark.parametrize(
    ("new", "forwards", "backwards", "allowed"),
    [
        pytest.param(OLD, True, True, True, id="nothing changed"),
        pytest.param(shape("a", a=REF, b=CLOSED, c=CODE), True, True, True, id="optional added"),
        pytest.param(shape("a", "c", a=REF, b=CLOSED, c=CODE), False, True, False, id="required added"),
        pytest.param(shape(b=CLOSED), True, False, False, id="required removed"),
        pytest.param(shape("a", a=REF), True, True, False, id="optional removed"),
        pytest.param(shape("a", a={"type": "integer"}, b=CLOSED), False, False, False, id="type changed"),
        pytest.param(shape("a", a=REF, b={**CLOSED, "enum": ["A", "B", "C"]}), True, False, False, id="enum widened"),
        pytest.param(shape("a", a=REF, b={**CLOSED, "enum": ["A"]}), False, True, False, id="enum narrowed"),
        pytest.param(shape(a=REF, b=CLOSED), True, False, False, id="required made optional"),
        pytest.param(shape("a", "b", a=REF, b=CLOSED), False, True, False, id="optional made required"),
        pytest.param(shape("d", d=REF, b=CLOSED), False, False, False, id="required renamed"),
        pytest.param(shape("a", a=REF, d=CLOSED), True, True, False, id="optional renamed"),
    ],
)
def test_the_judge_is_right(new: dict[str, Any], forwards: bool, backwards: bool, allowed: bool) -> None:
    assert new_reads_old(OLD, new) is forwards
    assert old_reads_new(OLD, new) is backwards
    assert (list(faults(OLD, new)) == []) is allowed


@pytest.mark.parametrize(
    "now", [{**REF, "pattern": "^[a-z]$"}, {**REF, "format": "date"}, {**REF, "default": "x"}, {**REF, **CODE}]
)
def test_what_the_judge_does_not_see_is_refused_too(now: dict[str, Any]) -> None:
    assert "a is not what it was" in list(faults(OLD, shape("a", a=now, b=CLOSED)))


@every_version
def test_the_kept_schema_is_what_the_model_says(event: type[Event]) -> None:
    assert schema_path(KEPT, event).exists(), "run `make docs`"
    kept = json.loads(schema_path(KEPT, event).read_text("utf-8"))
    assert kept == schema_of(event), "run `make schemas`; what it refuses needs a new version"


def test_every_version_that_was_ever_told_is_still_read() -> None:
    for place in (schema_path, sample_path):
        kept = {path.stem for path in place(KEPT, next(iter(EVERY.values()))).parent.iterdir()}
        assert kept - set(EVERY) == set(), "a version that is told no more stays, with `becomes` and `upcast`"
        assert set(EVERY) - kept == set(), "run `make docs`"


def test_no_sample_was_edited() -> None:
    sealed = seals(KEPT)
    assert {name: digest(KEPT / name) for name in sealed if (KEPT / name).exists()} == sealed
    assert set(sealed) == {f"samples/{name}.json" for name in EVERY}


def test_a_code_once_told_stays_in_its_list() -> None:
    assert codes(KEPT) == code_lists(EVERY.values()), "new codes: run `make docs`; an old one gets `valid_to`"


def git(*command: str) -> str:
    return subprocess.run(["git", *command], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def replaced(folder: str) -> Iterator[tuple[str, str]]:
    """Files there that were changed or removed, by any commit of this line or since the last: path, former content."""
    for command in (["log", "--first-parent", "--format="], ["diff-index", "HEAD"]):
        for line in git(*command, "--raw", "--no-abbrev", "--no-renames", "--", folder).splitlines():
            about, path = line.split("\t")
            _, _, before, _, kind = about.split()
            if kind != "A":
                yield path, before


def test_no_sample_was_ever_changed_or_removed() -> None:
    assert list(replaced("docs/events/samples")) == []


def test_every_schema_that_was_ever_kept_and_that_of_today_read_each_other() -> None:
    for path, before in replaced("docs/events/schemas"):
        old, now = json.loads(git("cat-file", "blob", before)), json.loads((ROOT / path).read_text("utf-8"))
        assert list(faults(old, now)) == [], path


class Envelope(Event):
    """Something was told."""

    type: ClassVar[str] = "intake.tale.told.v1"
    case_ref: CaseRef


class ToldMore(Envelope):
    """The same with one more field, which an old fact need not have."""

    many: Count = 0


class ToldOtherwise(Envelope):
    """The same with a field that every fact must have."""

    many: Count


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }


def test_what_is_kept_is_written_once(tmp_path: Path) -> None:
    written = keep(tmp_path, [Envelope])
    assert [path.parent.name for path in written] == ["schemas", "samples"]
    assert seals(tmp_path) == {f"samples/{Envelope.type}.json": digest(sample_path(tmp_path, Envelope))}
    before = contents(tmp_path)
    assert keep(tmp_path, [ToldMore]) == []
    sample_path(tmp_path, Envelope).unlink()
    keep(tmp_path, [ToldMore])
    assert contents(tmp_path)[SEALS] == before[SEALS], "a sample that vanished is not sealed anew"


def test_a_list_of_codes_only_grows(tmp_path: Path) -> None:
    class Coded(Envelope):
        service: Annotated[str, CodeOf("service")]

    (tmp_path / CODES).write_text(json.dumps({"service": ["GONE"], "another": ["KEPT"]}))
    assert tmp_path / CODES in keep(tmp_path, [Coded])
    assert codes(tmp_path)["another"] == ["KEPT"]
    assert {"GONE", "FOOD-PACK"} < set(codes(tmp_path)["service"])


def test_an_optional_field_is_taken_and_anything_else_needs_a_new_version(tmp_path: Path) -> None:
    keep(tmp_path, [Envelope])
    before = contents(tmp_path)
    assert list(renew(tmp_path, [ToldOtherwise])) == [
        f"{Envelope.type}: a new reader does not understand an old fact; make it the next version"
    ]
    assert contents(tmp_path) == before
    assert list(renew(tmp_path, [ToldMore])) == []
    assert json.loads(schema_path(tmp_path, Envelope).read_text("utf-8")) == schema_of(ToldMore)
    assert contents(tmp_path)[f"samples/{Envelope.type}.json"] == before[f"samples/{Envelope.type}.json"]
