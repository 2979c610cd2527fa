"""deploy/Dockerfile read without an engine: what it copies is there and is sent, and it installs as `make` does."""

import re
import tomllib

from tests.deploy.build_image import DOCKERFILE, building
from tests.support.composed import ROOT, steps

SAID = list(steps(DOCKERFILE.read_text("utf-8")))
PIP = re.compile(r"-m pip (.+)$")


def test_it_copies_only_what_is_there_and_what_is_sent_to_the_builder() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = {name for instruction, words in building() if instruction == "COPY" for name in words[:-1]}
    assert copied == sent
    assert all((ROOT / name).exists() for name in copied)


def test_it_installs_as_make_does() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    options = PIP.search(makefile.splitlines()[3])
    assert options is not None
    installed = [found[1] for instruction, said in SAID if instruction == "RUN" and (found := PIP.search(said))]
    wanted = [line.strip().removeprefix("@$(PIP) ") for line in makefile.splitlines() if "@$(PIP)" in line][:2]
    # `make` installs in place, so that a change is seen at once; an image holds a copy.
    assert installed == [f"{options[1]} {line}".replace(" -e .", " .") for line in wanted]


def test_it_runs_one_command_as_nobody_in_particular() -> None:
    said = dict(SAID)
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert said["ENTRYPOINT"] == '["homeward"]'
    assert "homeward" in scripts
    user, _, group = said["USER"].partition(":")
    assert user.isdigit()
    assert group.isdigit()
    assert int(user) > 1000
    assert any(f"--owner={user} --group={group}" in text for instruction, text in SAID if instruction == "RUN")


def test_both_stages_are_the_same_pinned_python() -> None:
    stages = [text.removesuffix(" AS build") for instruction, text in SAID if instruction == "FROM"]
    assert len(stages) == 2
    assert len(set(stages)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+@sha256:[0-9a-f]{64}", stages[0])
