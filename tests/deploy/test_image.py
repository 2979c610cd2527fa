"""deploy/Dockerfile read without an engine: what it copies is there and is sent, and it installs as `make` does."""

import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from deploy import trim
from tests.deploy.build_image import DOCKERFILE
from tests.support.composed import ROOT, containers, filled, steps

SAID = list(steps(DOCKERFILE.read_text("utf-8")))
PIP = re.compile(r"-m pip (.+)$")


STAGES = [text for instruction, text in SAID if instruction == "FROM"]
LAST = SAID[max(at for at, (instruction, _) in enumerate(SAID) if instruction == "FROM") :]
"""The stage that the image is: what it says, and nothing of those before."""


def test_it_copies_only_what_is_there_and_what_is_sent_to_the_builder() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    here = (said.split() for instruction, said in SAID if instruction == "COPY" and "--from=" not in said)
    copied = {name for words in here for name in words[:-1]}
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


def test_it_installs_as_make_does() -> None:
    """The same locks, by hashes and with nothing fetched beside them; what builds is no part of what is installed."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    options = PIP.search(makefile.splitlines()[3])
    assert options is not None
    installed = [found[1] for instruction, said in SAID if instruction == "RUN" and (found := PIP.search(said))]
    into = "--python .venv/bin/python "
    locks = [line.strip().removeprefix("@$(PIP) ") for line in makefile.splitlines() if "@$(PIP) --require" in line]
    assert [line.rpartition(" ")[2] for line in locks[:2]] == ["requirements/run.txt", "requirements/build.txt"]
    assert installed[:2] == [f"{into}{options[1]} {locks[0]}", f"{options[1]} {locks[1]}"]
    # `make` installs in place, so that a change is seen at once; an image holds a copy, made and then installed.
    assert [line for line in installed[2:] if "--no-index" not in line or "--no-deps" not in line] == []
    assert len(installed) == 4
    assert installed[3].startswith(into)


def test_it_runs_one_command_as_nobody_in_particular() -> None:
    said = dict(LAST)
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert said["ENTRYPOINT"] == '["homeward"]'
    assert "homeward" in scripts
    user, _, group = said["USER"].partition(":")
    assert user.isdigit()
    assert group.isdigit()
    assert int(user) > 1000
    assert any(f"--owner={user} --group={group}" in text for instruction, text in SAID if instruction == "RUN")


def test_both_stages_with_a_system_are_the_same_pinned_python_and_the_last_begins_with_nothing() -> None:
    systems = [stage.partition(" AS ")[0] for stage in STAGES[:-1]]
    assert len(systems) == 2
    assert len(set(systems)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}", systems[0])
    assert STAGES[-1] == "scratch"
    assert [text for instruction, text in LAST if instruction in {"COPY", "ADD"}] == ["--from=trimmed / /"]
    assert [text for instruction, text in LAST if instruction == "RUN"] == [], "there is no shell to run it"


def test_what_is_in_the_last_stage_was_trimmed_as_the_last_thing() -> None:
    before = SAID[: SAID.index(LAST[0])]
    assert before[-1] == ("RUN", '["python", "/trim.py", "/"]')


def test_no_health_check_of_ours_and_no_entry_asks_for_a_shell() -> None:
    for name, one in containers(filled()).items():
        if one.ours or name == "certificates":
            words = [*(one.said.get("entrypoint") or ["homeward"]), *one.check]
            assert {words[0], *one.check[:1]} <= {"homeward", "python"}
            assert one.said.get("healthcheck", {"test": ["CMD"]})["test"][0] == "CMD"


SYSTEM = {
    "usr/bin/bash": 0o755, "usr/bin/dash": 0o755, "usr/bin/perl": 0o755, "usr/bin/apt-get": 0o755,
    "usr/bin/passwd": 0o4755, "usr/bin/mount": 0o4755, "usr/sbin/ldconfig": 0o755, "usr/local/bin/pip3.11": 0o755,
    "usr/lib/apt/methods/http": 0o755, "usr/lib/x86_64-linux-gnu/perl-base/strict.pm": 0o644,
    "usr/lib/x86_64-linux-gnu/utempter/helper": 0o2755, "usr/local/lib/python3.11/ensurepip/__init__.py": 0o644,
    "usr/local/lib/python3.11/site-packages/pip/__main__.py": 0o644, "var/lib/apt/lists/lock": 0o640,
    "var/lib/dpkg/info/bash.list": 0o644,
}  # fmt: skip
STAYING = {
    "usr/local/bin/python3.11": 0o755, "usr/local/lib/libpython3.11.so.1.0": 0o755, "etc/passwd": 0o644,
    "usr/lib/x86_64-linux-gnu/libc.so.6": 0o755, "usr/local/lib/python3.11/ssl.py": 0o644, "var/lib/dpkg/status": 0o644,
    "usr/share/zoneinfo/Asia/Phnom_Penh": 0o644, "etc/ssl/certs/ca-certificates.crt": 0o644,
    "homeward/.venv/bin/homeward": 0o755, "homeward/.venv/lib/python3.11/site-packages/services/__init__.py": 0o644,
    "usr/share/doc/bash/copyright": 0o644,
}  # fmt: skip


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A system as the base image lays it out: programs in usr/bin, which bin leads to, and other rights on some."""
    for name, mode in {**SYSTEM, **STAYING}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        path.chmod(mode)
    for name in ("bin", "sbin"):
        (tmp_path / name).symlink_to(f"usr/{name}")
    (tmp_path / "usr/bin/sh").symlink_to("dash")
    (tmp_path / "usr/local/bin/python").symlink_to("python3.11")
    return tmp_path


def test_of_programs_python_alone_stays_and_no_file_gives_other_rights(system: Path) -> None:
    assert {"usr/bin/bash", "usr/bin/passwd", "usr/local/bin/pip3.11"} <= set(trim.left(system))
    trim.trim(system)
    assert trim.left(system) == []
    stayed = {str(path.relative_to(system)) for path in system.rglob("*") if path.is_file()}
    # What another program brought along may stay, without its rights.
    helper = "usr/lib/x86_64-linux-gnu/utempter/helper"
    assert stayed == {*STAYING, helper, "usr/local/bin/python"}
    assert {name: stat.S_IMODE((system / name).stat().st_mode) for name in STAYING} == STAYING
    assert stat.S_IMODE((system / helper).stat().st_mode) == 0o755


@pytest.mark.parametrize(("name", "mode"), [("opt/x/bin/busybox", 0o755), ("homeward/.venv/bin/pip", 0o755)])
def test_a_tool_at_another_place_ends_the_build(system: Path, name: str, mode: int) -> None:
    (system / name).parent.mkdir(parents=True, exist_ok=True)
    (system / name).touch(mode)
    script = shutil.copy(ROOT / "deploy/trim.py", system / "trim.py")
    done = subprocess.run([sys.executable, script, str(system)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert name in done.stderr
    (system / name).unlink()
    subprocess.run([sys.executable, script, str(system)], check=True)
    assert not (system / "trim.py").exists()
