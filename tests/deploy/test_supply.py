"""What a release is made of: one lock with nothing too much, a parts list of it, and no silence where nobody asked."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.markers import Marker
from packaging.requirements import Requirement

from deploy import known_holes, sbom
from deploy.locked import ROOT, RUN, Locked, locked, plain

FOLDER = ROOT / "requirements"
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MIT-0", "MPL-2.0", "PSF-2.0", "Unlicense",
}  # fmt: skip
"""Licences under which we may ship a package as it is. Another one is for a decision first."""
SILENT = {"pyrage"}
"""Say nothing of their licence where a machine reads it; its own files say MIT."""

PRODUCTION = """
import importlib, json, pkgutil, sys
before = set(sys.modules)
blocked = set(json.loads(sys.argv[1]))

class Clean:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Clean())
import services, shared, story
for package in (services, shared, story):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".migrations." not in found.name and not found.name.endswith("__main__"):
            importlib.import_module(found.name)

# By name only, when they are wanted: the database's driver, the loop of the server, what httpx asks at each request.
from sqlalchemy.ext.asyncio import create_async_engine
import httpcore._synchronization, uvicorn, anyio
create_async_engine("postgresql+asyncpg://nobody@127.0.0.1/nothing")
uvicorn.Config("nothing:app").get_loop_factory()
async def ask():
    return httpcore._synchronization.current_async_library()
anyio.run(ask)
from shared.bus.kafka import KafkaBus
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""


def here(part: Locked) -> bool:
    return not part.where or Marker(part.where).evaluate()


def names(lock: Path) -> set[str]:
    return {part.name for part in locked(lock)}


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The packages of which production imports a module, in a process that finds those of the lock alone."""
    allowed, of = names(RUN), packages_distributions()
    blocked = [top for top, whose in of.items() if not {plain(name) for name in whose} & {*allowed, "homeward"}]
    command = [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{PRODUCTION}"]
    done = subprocess.run([*command, json.dumps(blocked)], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    tops = json.loads(done.stdout)
    whose = ({plain(name) for name in of.get(top, ())} for top in tops)
    return {name for found in whose for name in found & allowed or found} - {"homeward"}


def test_production_imports_nothing_but_what_is_locked_for_it(imported: set[str]) -> None:
    assert imported <= names(RUN)
    assert {"fastapi", "aiokafka", "asyncpg", "cryptography", "uvloop"} <= imported, "all of it was imported"


def test_all_that_is_locked_for_production_is_imported_or_needed_by_what_is(imported: set[str]) -> None:
    assert {part.name for part in locked(RUN) if here(part)} - reached(imported) == set()
    assert reached({"fastapi"}) < reached(imported)


def reached(first: set[str]) -> set[str]:
    """These, and all that they need."""
    parts = {part.name: part for part in locked(RUN) if here(part)}
    found, pending = set[str](), list(first)
    while pending:
        if (name := pending.pop()) in parts and name not in found:
            found.add(name)
            pending.extend(sbom.needs(parts[name]))
    return found


def test_what_is_asked_for_by_name_is_in_the_lock_and_in_the_project_alike() -> None:
    asked = set(wanted(FOLDER / "run.in"))
    said = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert {plain(Requirement(line).name) for line in said} <= asked
    # Loaded where somebody asks for them; nothing that the project as a library needs.
    assert asked - {plain(Requirement(line).name) for line in said} == {"joserfc", "limits", "pyrage"}
    assert asked <= names(RUN)


def wanted(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith(("#", "-")):
            yield plain(Requirement(line).name)


def test_what_builds_and_what_tests_is_in_no_lock_of_production() -> None:
    for lock in ("build", "dev"):
        assert not set(wanted(FOLDER / f"{lock}.in")) & names(RUN)
    assert not names(RUN) & {"pip", "setuptools", "wheel", "hatchling", "pytest", "watchfiles", "websockets"}


@pytest.mark.parametrize("lock", ["run", "build", "dev"])
def test_every_package_is_pinned_with_hashes_and_no_address(lock: str) -> None:
    text = (FOLDER / f"{lock}.txt").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert len(lines) == len(locked(FOLDER / f"{lock}.txt"))
    assert all(part.hashes for part in locked(FOLDER / f"{lock}.txt"))
    assert "://" not in text


def test_the_parts_list_is_of_the_form_that_the_standard_asks_for() -> None:
    checker = JsonStrictValidator(SchemaVersion.V1_6)
    assert checker.validate_str(sbom.written()) is None
    broken = json.loads(sbom.written())
    broken["components"][0]["type"] = "rumour"
    assert checker.validate_str(json.dumps(broken)) is not None


def test_the_parts_list_names_every_package_with_version_hashes_and_what_needs_it() -> None:
    said: dict[str, Any] = json.loads(sbom.written())
    parts = {(part["name"], part["version"]): part for part in said["components"]}
    assert set(parts) == {(part.name, part.version) for part in locked()}
    for part in locked():
        listed = parts[part.name, part.version]
        assert {one["content"] for one in listed["hashes"]} == set(part.hashes)
        assert {one["alg"] for one in listed["hashes"]} == {"SHA-256"}
    needs = {each["ref"].partition("@")[0]: each.get("dependsOn", []) for each in said["dependencies"]}
    assert any(ref.startswith("starlette@") for ref in needs["fastapi"])
    assert len(needs["homeward"]) == len(parts)


def test_the_same_lock_gives_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    assert sbom.written() == sbom.written()
    other = tmp_path / "run.txt"
    other.write_text(RUN.read_text("utf-8").replace("aiokafka==0.14.0", "aiokafka==0.14.1"), "utf-8")
    assert json.loads(sbom.written(other))["serialNumber"] != json.loads(sbom.written())["serialNumber"]


def test_every_part_that_is_here_says_its_licence_and_it_is_one_that_we_may_ship() -> None:
    said = {part.name: sbom.licence(part) for part in locked() if sbom.installed(part)}
    assert {name for name, kind in said.items() if kind is None} == SILENT
    words = {word for kind in said.values() if kind for word in kind.replace("(", " ").replace(")", " ").split()}
    assert words - {"AND", "OR"} <= ALLOWED


def answer(lock: Path, **changed: Any) -> str:
    """What pip-audit says where nothing is known; `changed` of its first package."""
    found = [{"name": part.name, "version": part.version, "vulns": []} for part in locked(lock) if here(part)]
    return json.dumps({"dependencies": [found[0] | changed, *found[1:]], "fixes": []})


def test_nothing_is_known_only_where_every_package_was_looked_up() -> None:
    status, said = known_holes.verdict(RUN, answer)
    assert (status, "nothing is known" in said) == (known_holes.CLEAN, True)


@pytest.mark.parametrize(
    ("said", "loud"),
    [
        ("", "NOTHING WAS CHECKED"),
        ("Traceback: no network", "NOTHING WAS CHECKED"),
        ('{"dependencies": []}', "NOTHING WAS CHECKED"),
        (answer(RUN, skip_reason="not found on the feed"), "1 PACKAGES WERE NOT CHECKED"),
        (answer(RUN, version="0.0.1"), "1 PACKAGES WERE NOT CHECKED"),
    ],
)
def test_it_is_loud_and_no_success_where_not_all_was_asked(
    said: str, loud: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert known_holes.main([RUN], lambda _lock: said) == known_holes.UNASKED
    told = capsys.readouterr()
    assert loud in told.err
    assert told.out == ""


def test_a_known_hole_is_named_and_outweighs_what_was_not_asked(capsys: pytest.CaptureFixture[str]) -> None:
    hole = answer(RUN, vulns=[{"id": "PYSEC-2026-1", "fix_versions": []}])
    asked = {RUN: hole, FOLDER / "build.txt": ""}
    assert known_holes.main(list(asked), asked.__getitem__) == known_holes.HOLES
    assert "PYSEC-2026-1" in capsys.readouterr().err


def test_without_a_network_the_real_command_says_that_nothing_was_checked(tmp_path: Path) -> None:
    """A lock of one package, asked for through a door that is shut."""
    lock = tmp_path / "run.txt"
    lock.write_text(f"anyio==4.16.0 --hash=sha256:{'0' * 64}\n", "utf-8")
    code = (
        "import sys; from pathlib import Path; from deploy.known_holes import main; sys.exit(main([Path(sys.argv[1])]))"
    )
    shut = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    command = [sys.executable, "-c", code, str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=shut)
    assert (done.returncode, done.stdout) == (known_holes.UNASKED, ""), done.stderr
    assert "NOTHING WAS CHECKED" in done.stderr
