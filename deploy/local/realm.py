"""Keycloak's realm, for practice with the invented people of a scenario in it.

The realm is that of deploy/keycloak; each person gets their claims as attributes and, instead of a second factor, one
password that the caller draws anew for each run. Whoever signs in by it needs no device, which is why no real person
may be among them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from services.issuing.people import Person, people_in

REALM = Path(__file__).parents[1] / "keycloak" / "homeward-realm.json"


def realm_of(scenario: Path | None, password: str) -> dict[str, Any]:
    """What Keycloak imports: without a scenario nobody; else its people, who all sign in by this password."""
    realm: dict[str, Any] = json.loads(REALM.read_text("utf-8"))
    people = people_in(scenario) if scenario else {}
    return realm | {"users": [_user(name, person, password) for name, person in people.items()]}


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
