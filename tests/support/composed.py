"""docker-compose.yml as an engine would read it, without an engine: variables filled in, an order to start in.

Only what our file uses is understood; anything else is left standing and makes a test fail.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from deploy.make_env import EXAMPLE

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[?-])(?P<word>[^}]*))?\}")


class Missing(Exception):
    """A variable that the file cannot do without."""


def variables(text: str) -> dict[str, str]:
    """Every variable of the file: `?` where it must be given, `-` where it has a default."""
    return {found["name"]: found["how"] or "" for found in VARIABLE.finditer(text)}


def filled_in(text: str, given: Mapping[str, str]) -> str:
    """The text with its variables. Raises Missing."""

    def value(found: re.Match[str]) -> str:
        name, how, word = found["name"], found["how"], found["word"]
        if given.get(name):
            return given[name]
        if how != "-":
            raise Missing(f"{name}: {word}")
        return str(word)

    return VARIABLE.sub(value, text).replace("$$", "$")


def dotenv(path: Path) -> dict[str, str]:
    """The variables of a .env file."""
    lines = path.read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def filled() -> dict[str, str]:
    """The variables of deploy/env.example, each secret invented."""
    given = dotenv(EXAMPLE).items()
    return {name: f"secret-of-{name.lower()}" if name.endswith("_PASSWORD") else value for name, value in given}


@dataclass(frozen=True)
class Container:
    """One service of the file."""

    name: str
    said: Mapping[str, Any]

    @property
    def ours(self) -> bool:
        """Does it run the product's own command?"""
        return self.said["image"] == "homeward:local" and "entrypoint" not in self.said

    @property
    def command(self) -> list[str]:
        return [str(word) for word in self.said.get("command", ())]

    @property
    def mounts(self) -> dict[str, str]:
        """Where a volume, or a file of ours, is seen: by place in the container."""
        pairs = (mount.split(":") for mount in self.said.get("volumes", ()))
        return {place: source for source, place, *_ in pairs}

    @property
    def environment(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.said.get("environment", {}).items()}

    @property
    def check(self) -> list[str]:
        """The command of the health check, without `CMD`; empty where there is none."""
        kind, *words = self.said.get("healthcheck", {}).get("test", ["CMD"])
        assert kind == "CMD", "a health check without a shell needs no quoting"
        return [str(word) for word in words]

    @property
    def after(self) -> dict[str, str]:
        """What must be there before: name and condition."""
        return {name: rule["condition"] for name, rule in self.said.get("depends_on", {}).items()}


def containers(given: Mapping[str, str], *more: Path) -> dict[str, Container]:
    """All services of the file, and of those that are added to it, each after those that it waits for."""
    file = yaml.safe_load(filled_in(FILE.read_text("utf-8"), given))
    for added in more:
        file = _merged(file, yaml.safe_load(filled_in(added.read_text("utf-8"), given)))
    found = {name: Container(name, said) for name, said in file["services"].items()}
    order = TopologicalSorter({name: list(one.after) for name, one in found.items()}).static_order()
    return {name: found[name] for name in order}


def _merged(one: Any, other: Any, name: str = "") -> Any:
    """As an engine adds a file to another: a mount takes the place of that at its place, a command of the command."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one | {key: _merged(one[key], said, key) if key in one else said for key, said in other.items()}
    if name == "volumes":
        return list({mount.split(":")[1]: mount for mount in (*one, *other)}.values())
    return [*one, *other] if name == "ports" else other


def steps(dockerfile: str) -> Iterator[tuple[str, str]]:
    """The instructions of a Dockerfile and what they say."""
    for line in dockerfile.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.partition(" ")
            yield word, rest.strip()
