"""The script that a schedule calls: one backup, sent away, and old ones gone only when the new one is whole."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from shared.settings import Settings, variables
from tests.support.composed import ROOT
from tests.support.eventually import REST

SCRIPT = ROOT / "deploy/backup/backup.sh"
DAY = 86_400.0
STAND_IN = '#!/bin/sh\necho "$@" > {said}\n[ -z "$FAILS" ] || exit 2\ntouch "$2" "$2.keys" "$2.erasures"\n'


def run(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """The script, with a stand-in for the product."""
    stand_in = folder / "homeward"
    stand_in.write_text(STAND_IN.format(said=folder / "said"))
    stand_in.chmod(0o700)
    given = {"BACKUP_FOLDER": str(folder / "kept"), "BACKUP_RECIPIENTS": "age1one age1two", "HOMEWARD": str(stand_in)}
    environment = {"PATH": os.environ["PATH"], "FAILS": "", **given, **more}
    return subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=False, timeout=REST)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Backups of one, ten and forty days ago."""
    (tmp_path / "kept").mkdir()
    for days in (1, 10, 40):
        for name in (f"homeward-{days}.age", f"homeward-{days}.age.keys"):
            (tmp_path / "kept" / name).touch()
            os.utime(tmp_path / "kept" / name, (time.time() - days * DAY,) * 2)
    return tmp_path / "kept"


def test_keys_are_kept_for_a_week_and_stores_for_a_month(kept: Path, tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.mkdir()
    ended = run(tmp_path, BACKUP_OFFSITE=f"cp {{}} {away}")
    assert ended.returncode == 0, ended.stderr
    words = (tmp_path / "said").read_text().split()
    assert (words[0], words[2:]) == ("backup", ["--recipient", "age1one", "--recipient", "age1two"])
    new = Path(words[1]).name
    assert {path.name for path in away.iterdir()} == {new, f"{new}.keys", f"{new}.erasures"}
    old = {"homeward-1.age", "homeward-1.age.keys", "homeward-10.age"}
    assert {path.name for path in kept.iterdir()} == old | {new, f"{new}.keys", f"{new}.erasures"}


def test_nothing_old_goes_when_the_new_one_failed(kept: Path, tmp_path: Path) -> None:
    before = set(kept.iterdir())
    assert run(tmp_path, FAILS="yes").returncode == 2
    assert set(kept.iterdir()) == before
    assert run(tmp_path, BACKUP_OFFSITE="false").returncode != 0
    assert before < set(kept.iterdir())
    assert run(tmp_path, BACKUP_RECIPIENTS="").returncode != 0


def test_the_cron_job_names_settings_that_there_are_and_what_the_script_reads() -> None:
    job = yaml.safe_load((ROOT / "deploy/backup/cronjob.yaml").read_text("utf-8"))
    [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    known = set(variables(Settings)) | set(re.findall(r"BACKUP_[A-Z_]+", SCRIPT.read_text("utf-8")))
    assert {variable["name"] for variable in container["env"]} <= known
