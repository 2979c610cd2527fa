"""Who may stand in which column of a story is what the services' policy says, and a miscast worker is told."""

import re
from pathlib import Path

import pytest

from services import SERVICES
from shared.auth import Policy
from story.casting import COLUMNS, DUTIES, ROLES
from story.generate import generate
from story.problem import UnusableScenario
from story.scenario import load


def test_the_roles_are_those_of_the_policy() -> None:
    assert {*COLUMNS.values(), *DUTIES.values()} == set(ROLES)
    policy = Policy.of(*(f"services.{name}" for name in SERVICES))
    told = {action: {role for rule in policy.by_action[action] for role in rule.roles} for action in ROLES}
    assert told == ROLES


CAST = [
    ("decisions.csv", "bopha-decider", "mony-assessor", "decider"),
    ("interviews.csv", "chan-interviewer", "bopha-decider", "interviewer"),
    ("visits.csv", "leakhena-caseworker", "nary-escort", "visitor"),
    ("grants.csv", "sreymom-cashier", "dara-grants", "paid_by"),
    ("placements.csv", "vanna-dosvy,vanna-dosvy", "minh-officer,minh-officer", "decided_by"),
]


@pytest.mark.parametrize(("file", "old", "new", "column"), CAST, ids=lambda value: str(value).split(",")[0])
def test_a_worker_of_another_role_is_told(tmp_path: Path, file: str, old: str, new: str, column: str) -> None:
    path = generate(tmp_path / "four", 4, seed=4) / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(UnusableScenario) as caught:
        load(path.parent)
    line = text[: text.index(old)].count("\n") + 1
    assert (file, line, column) in {(found.file, found.line, found.column) for found in caught.value.problems}


def test_a_duty_that_the_role_cannot_do_is_told_at_the_line_of_the_role(tmp_path: Path) -> None:
    path = generate(tmp_path / "four", 4, seed=4) / "story.toml"
    text = re.sub(r'role = "CONSULAR_OFFICER"', 'role = "DECIDER"', path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    with pytest.raises(UnusableScenario) as caught:
        load(path.parent)
    line = text[: text.index('role = "DECIDER"')].count("\n") + 1
    assert [(found.line, found.column) for found in caught.value.problems] == [(line, "staff.1.role")]
