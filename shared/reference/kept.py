"""What is written once under docs/events/ and then kept: a schema and a golden sample per version, and the code lists.

No file is ever written over. A schema that no longer equals its model turns a test red, and `make schemas` takes the
change if both an old and a new reader can live with it. A sample is never changed at all; `samples.sha256` holds the
digest of each (`cd docs/events && sha256sum -c samples.sha256`). Code lists only grow.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from shared.model import Event
from shared.reference.samples import sample_of
from shared.reference.schemas import code_lists, schema_of

SEALS = "samples.sha256"
CODES = "codes.json"


def keep(folder: Path, events: Iterable[type[Event]]) -> list[Path]:
    """Write what is not there yet below `folder`; returns what was written."""
    events = list(events)
    new = [path for event in events if (path := _once(schema_path(folder, event), schema_of(event)))]
    samples = [path for event in events if (path := _once(sample_path(folder, event), sample_of(event)))]
    _seal(folder, samples)
    return new + samples + _codes(folder, events)


def schema_path(folder: Path, event: type[Event]) -> Path:
    """Where the schema of this version is kept."""
    return folder / "schemas" / f"{event.type}.json"


def sample_path(folder: Path, event: type[Event]) -> Path:
    """Where the golden sample of this version is kept."""
    return folder / "samples" / f"{event.type}.json"


def as_text(content: object) -> str:
    """JSON as it stands in a kept file."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def digest(path: Path) -> str:
    """What a sample is sealed with."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seals(folder: Path) -> dict[str, str]:
    """The digest of each sealed sample, by its path below the folder."""
    lines = (folder / SEALS).read_text("utf-8").splitlines() if (folder / SEALS).exists() else []
    return {name: sealed for sealed, name in (line.split("  ", 1) for line in lines)}


def codes(folder: Path) -> dict[str, list[str]]:
    """The codes that were ever allowed in an event, by list."""
    path = folder / CODES
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _once(path: Path, content: object) -> Path | None:
    if path.exists():
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(as_text(content), "utf-8")
    return path


def _seal(folder: Path, samples: Iterable[Path]) -> None:
    """Seal the samples just written; a line that stands there is never touched."""
    new = {path.relative_to(folder).as_posix(): digest(path) for path in samples}
    lines = [f"{sealed}  {name}\n" for name, sealed in sorted((new | seals(folder)).items())]
    (folder / SEALS).write_text("".join(lines), "utf-8")


def _codes(folder: Path, events: Iterable[type[Event]]) -> list[Path]:
    """Add the codes that are new."""
    known, now = codes(folder), code_lists(events)
    grown = {name: sorted({*known.get(name, ()), *now.get(name, ())}) for name in sorted({*known, *now})}
    if grown == known:
        return []
    (folder / CODES).write_text(as_text(grown), "utf-8")
    return [folder / CODES]
