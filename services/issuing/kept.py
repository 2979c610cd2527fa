"""What the development issuer keeps in the data folder: its key, made at first run, whom it knows, and where it is."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from services.issuing.clients import Client
from services.issuing.people import Person

FILE = "issuer.json"


@dataclass(frozen=True)
class KeptIssuer:
    """The key pair that signs, people and clients by their names, and the address under which tokens are issued."""

    key: ECKey
    people: Mapping[str, Person]
    address: str = ""
    clients: Mapping[str, Client] = field(default_factory=dict)


def kept_issuer(folder: Path, people: Mapping[str, Person], address: str = "", *clients: Client) -> KeptIssuer:
    """What is kept, with these people and clients added, and this address where one is given.

    Written where anything is new.
    """
    path = folder / FILE
    there: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    key = ECKey.import_key(there["key"]) if there else ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)
    known = {key: Person.of(row) for key, row in there.get("people", {}).items()}
    machines = {key: Client.of(row) for key, row in there.get("clients", {}).items()}
    was = there.get("address", "")
    added = {client.who.key: client for client in clients}
    found = KeptIssuer(key, {**known, **people}, address or was, {**machines, **added})
    if not there or (found.people, found.address, found.clients) != (known, was, machines):
        _write(path, json.dumps(_said(found), indent=1))
    return found


def _said(kept: KeptIssuer) -> dict[str, Any]:
    return {
        "key": kept.key.as_dict(private=True),
        "address": kept.address,
        "people": {key: asdict(person) for key, person in kept.people.items()},
        "clients": {key: client.row for key, client in kept.clients.items()},
    }


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and for the folder's owner alone."""
    part = path.with_suffix(".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
