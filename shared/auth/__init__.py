"""Who is calling, and what they may do: a role that the policy names, and a working relation to the case.

Call `authorise` first in every handler and query, and `readable` before a private value leaves. A refusal is
`NotFound`, so that it looks like a missing thing. For now the caller is a development identity from a header; see
`shared.auth.development`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, Protocol

from shared.errors import NotFound
from shared.ids import OrganisationRef, StaffRef
from shared.model import FieldClass


class Role(StrEnum):
    """What somebody is employed to do. One person has one role per request."""

    SENDING_AUTHORITY = "SENDING_AUTHORITY"
    CONSULAR_OFFICER = "CONSULAR_OFFICER"
    RECEIVING_AUTHORITY = "RECEIVING_AUTHORITY"
    SOCIAL_AFFAIRS = "SOCIAL_AFFAIRS"
    INTAKE_OFFICER = "INTAKE_OFFICER"
    CASEWORKER = "CASEWORKER"
    SUPERVISOR = "SUPERVISOR"
    INTERVIEWER = "INTERVIEWER"
    DECIDER = "DECIDER"
    REFERRAL_COORDINATOR = "REFERRAL_COORDINATOR"
    SERVICE_PROVIDER = "SERVICE_PROVIDER"
    GRANTS_OFFICER = "GRANTS_OFFICER"
    GRANTS_ASSESSOR = "GRANTS_ASSESSOR"
    GRANTS_APPROVER = "GRANTS_APPROVER"
    DISBURSER = "DISBURSER"
    RECONCILER = "RECONCILER"
    ANALYST = "ANALYST"
    OPERATOR = "OPERATOR"
    SYSTEM = "SYSTEM"


class Purpose(StrEnum):
    """Why a caller looks or writes: a closed list, copied into the audit."""

    PROTECTION = "PROTECTION"
    REPATRIATION = "REPATRIATION"
    SCREENING = "SCREENING"
    REINTEGRATION = "REINTEGRATION"
    GRANTS = "GRANTS"
    REPORTING = "REPORTING"
    OPERATION = "OPERATION"


@dataclass(frozen=True)
class Caller:
    """One person (or the system) acting for one organisation in one role for one purpose."""

    staff_ref: StaffRef
    organisation_ref: OrganisationRef
    role: Role
    purpose: Purpose


SYSTEM = Caller("0" * 32, "0" * 32, Role.SYSTEM, Purpose.PROTECTION)
"""A service acting on what it heard."""


class Relations(Protocol):
    """Where a decision finds who works on what."""

    def related(self, caller: Caller, subject: str) -> bool: ...

    def note(self, action: str, subject: str | None) -> None: ...


@dataclass(frozen=True)
class Rule:
    """One row of the policy: the roles that may do an action, and whether they need a relation to its subject."""

    roles: frozenset[Role]
    relation: bool


def _load() -> tuple[Mapping[str, Rule], Mapping[Role, frozenset[FieldClass]]]:
    folder = files("shared.auth")
    classes = tomllib.loads(folder.joinpath("policy.toml").read_text("utf-8"))["classes"]
    rules: dict[str, Rule] = {}
    for page in sorted(folder.iterdir(), key=lambda page: page.name):
        if page.name.startswith("policy_"):
            table: dict[str, Any] = tomllib.loads(page.read_text("utf-8"))
            rules |= {
                action: Rule(frozenset(map(Role, row["roles"])), bool(row.get("relation", False)))
                for action, row in table.items()
            }
    return rules, {Role(role): frozenset(map(FieldClass, names)) for role, names in classes.items()}


POLICY, READABLE = _load()


def may(world: Relations, caller: Caller, action: str, subject: str | None = None) -> bool:
    """Whether the policy lets the caller do the action on the subject. An action without a row is denied."""
    rule = POLICY.get(action)
    if caller.role is Role.SYSTEM:
        return True
    if rule is None or caller.role not in rule.roles:
        return False
    return not rule.relation or (subject is not None and world.related(caller, subject))


def authorise(world: Relations, caller: Caller, action: str, subject: str | None = None) -> None:
    """The first line of every handler and query. Raises NotFound, which is what a missing thing looks like too."""
    world.note(action, subject)
    if not may(world, caller, action, subject):
        raise NotFound()


def readable(world: Relations, caller: Caller, field_class: FieldClass, subject: str) -> bool:
    """Whether this caller may see values of a class about a subject: by role, and beyond C1 by relation too."""
    if field_class not in READABLE.get(caller.role, frozenset()):
        return False
    return field_class in (FieldClass.WORK, FieldClass.QUASI, FieldClass.CONTROL) or world.related(caller, subject)
