"""Keycloak's realm, for practice with the invented people of a scenario in it.

The realm is that of deploy/keycloak; each person gets their claims as attributes and, instead of a second factor, one
password that the caller draws anew for each run. Whoever signs in by it needs no device, which is why no real person
may be among them.
"""

import json
import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from services.issuing.people import STEWARDS, Person, people_in

REALM = Path(__file__).parents[1] / "keycloak" / "homeward-realm.json"


def realm_of(scenario: Path | None, password: str) -> dict[str, Any]:
    """What Keycloak imports: without a scenario nobody; else its people and two stewards, all by this password."""
    realm: dict[str, Any] = json.loads(REALM.read_text("utf-8"))
    people = {**{one.key: one for one in STEWARDS}, **people_in(scenario)} if scenario else {}
    return realm | {"users": [_user(name, person, password) for name, person in people.items()]}


def kept_password(path: Path) -> str:
    """The password in this file, drawn where there is none yet; for its owner alone."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(24))
    return path.read_text("utf-8")


def practice(scenario: Path, folder: Path) -> Path:
    """`make practice`: write the realm for a container and the people's password into a folder of our own."""
    realm = folder / "homeward-realm.json"
    said = realm_of(scenario, kept_password(folder / "people"))
    realm.write_text(json.dumps(said, indent=2), "utf-8")
    # The container is another user, to whom this file alone is handed.
    realm.chmod(0o644)
    return realm


def _user(name: str, person: Person, password: str) -> Mapping[str, Any]:
    claims = person.claims
    return {
        # A token's `sub` is this id, and the same 128 bits are the ref that journal and events hold.
        "id": str(UUID(claims.pop("sub"))),
        "username": name,
        "enabled": True,
        "attributes": {claim: [said] if isinstance(said, str) else said for claim, said in claims.items()},
        "credentials": [{"type": "password", "value": password}],
        "requiredActions": [],
    }


if __name__ == "__main__":
    written = practice(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.write(f"REALM=./{written} in .env lets an empty Keycloak know these people.\n")
