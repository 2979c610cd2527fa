"""Whom the development issuer signs in: the workers of a scenario, each with one role and one purpose."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from shared.auth import Purpose, Role
from shared.ids import pseudonym


@dataclass(frozen=True)
class Person:
    """One invented worker, by their readable names."""

    key: str
    organisation: str
    role: Role
    purpose: Purpose = Purpose.PROTECTION

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """From a row of `[[staff]]`, or from what was kept. Raises ValueError or KeyError for what is none."""
        purpose = Purpose(row.get("purpose", Purpose.PROTECTION))
        return cls(str(row["key"]), str(row["organisation"]), Role(row["role"]), purpose)

    def signed_in(self, at: int) -> dict[str, Any]:
        """What a token says of them who signed in then: with two factors, as people do elsewhere."""
        return {**self.claims, "auth_time": at, "acr": "aal2", "amr": ["pwd", "otp", "mfa"]}

    @property
    def claims(self) -> dict[str, Any]:
        """Who they are."""
        return {
            "sub": pseudonym("staff", self.key),
            "organisation": pseudonym("organisation", self.organisation),
            "roles": [self.role],
            "purposes": [self.purpose],
        }


STEWARDS = tuple(
    Person(key, "directory-office", Role.DIRECTORY_STEWARD) for key in ("channary-steward", "huong-steward")
)
"""Who looks after the directory wherever invented people sign in, whichever scenario is played."""
NAMES = ("Nhem Channary", "Lê Thị Hương")


def practice_directory() -> dict[str, Any]:
    """With what the directory begins where invented people sign in: as `homeward directory begin` takes it."""
    office = {
        "ref": pseudonym("organisation", STEWARDS[0].organisation),
        "kind": "NGO",
        "name": "Directory office",
        "country": "KH",
    }
    people = [{"ref": pseudonym("staff", one.key), "name": name} for one, name in zip(STEWARDS, NAMES, strict=True)]
    return {"organisation": office, "stewards": people}


def people_in(folder: Path) -> Mapping[str, Person]:
    """The workers of a scenario's folder by their keys; none where the folder has no `story.toml`."""
    header = folder / "story.toml"
    if not header.is_file():
        return {}
    rows = tomllib.loads(header.read_text("utf-8")).get("staff", ())
    return {person.key: person for person in map(Person.of, rows)}
