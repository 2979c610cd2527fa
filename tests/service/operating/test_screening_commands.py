"""`homeward screening evaluate`: line by line, from a file or a pipe, without a folder, a service or a database."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

LINES = (
    b'{"id": "x1", "child": true, "answers": {"EX04": "YES", "EX06": "YES", "EX02": "YES"}, "facts": {"act": true}}\n'
    b"\n"
    b'{"id": "somebody", "child": true, "answers": {"NONE": "YES"}}\n'
    b'{"id": "x2", "child": false, "facts": {"paid_facilitation": true}}'
)


def run(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "services", "screening", "evaluate", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[3]), "HOMEWARD_DATA_DIR": str(folder / "data")},
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
    )


def told(done: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_line_is_answered_the_bad_one_by_its_number_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "lines").write_bytes(LINES)
    from_file, piped = run(tmp_path, "lines"), run(tmp_path, "-", given=LINES)
    assert from_file.returncode == piped.returncode == 1
    assert from_file.stdout == piped.stdout
    first, bad, last = told(from_file)
    assert (first["id"], first["outcome"], first["rule"], first["rules"]) == ("x1", "VOT", "C1", ["C1", "C7"])
    assert bad == {"error": {"line": 3, "code": "unknown_indicator"}}
    assert (last["id"], last["outcome"], last["rule"]) == ("x2", "SMUGGLED_MIGRANT", "A7")
    assert [path.name for path in tmp_path.iterdir()] == ["lines"]


def test_good_lines_end_with_0_and_a_missing_file_with_2(tmp_path: Path) -> None:
    good = run(tmp_path, "-", "--language", "km", given=b'{"child": true}\n')
    assert good.returncode == 0, good.stderr
    assert all(reason["text"] for reason in told(good)[0]["reasons"])
    assert run(tmp_path, "nowhere").returncode == 2
    assert run(tmp_path, "-", "--ruleset", "1999.1").returncode == 2
    assert run(tmp_path, "-", "--language", "fr").returncode == 2


def test_a_line_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    endless = b'{"child": true, "id": "' + b"x" * 3_000_000 + b'"}\n{"child": true}\n'
    bad, good = told(run(tmp_path, "-", given=endless))
    assert bad == {"error": {"line": 1, "code": "line_too_long"}}
    assert good["rule"] == "C8"
