"""What a creating request of referrals is sent with twice, and those of directory stewards."""

from dataclasses import dataclass
from typing import Any

from services.referrals.proposals.commands import (
    ProposeAppointment,
    ProposeCorrection,
    ProposeRegistration,
    ProposeRemoval,
    ProposeStanding,
)
from shared.model import Command
from shared.testing import ref
from tests.service.referrals.desk import SCHOOL, SUPERVISOR
from tests.support.stewards import FIRST, FIRST_REF, SECOND_REF


@dataclass(frozen=True)
class Creating:
    """A creating request, and for each of its fields a value that it did not have the first time."""

    command: type[Command]
    path: str
    table: str
    body: dict[str, Any]
    others: dict[str, Any]
    who: str = SUPERVISOR
    not_theirs: str = ""
    """A field with whose other value the request is about what the caller has nothing to do with."""


PROPOSALS = (
    Creating(
        ProposeRegistration,
        "proposals/registration",
        "proposal",
        {"organisation_ref": ref("station"), "kind": "POLICE", "name": "A station"},
        {
            "organisation_ref": ref("other station"),
            "kind": "COURT",
            "name": "Another",
            "alternate_name": "B",
            "country": "VN",
            "services": [{"service": "EDU-ENROL"}],
        },
        FIRST,
    ),
    Creating(
        ProposeCorrection,
        "proposals/correction",
        "proposal",
        {"organisation_ref": SCHOOL, "kind": "POLICE"},
        {
            "organisation_ref": ref("station"),
            "kind": "COURT",
            "name": "Another",
            "alternate_name": "B",
            "country": "VN",
            "services": [],
        },
        FIRST,
    ),
    Creating(
        ProposeStanding,
        "proposals/standing",
        "proposal",
        {"organisation_ref": ref("court"), "standing": "CLOSE"},
        {
            "organisation_ref": ref("station"),
            "standing": "REINSTATE",
            "pause_reason": "COMPLAINT",
            "void_reason": "DUPLICATE",
        },
        FIRST,
    ),
    Creating(
        ProposeAppointment,
        "proposals/appointment",
        "proposal",
        {"organisation_ref": SCHOOL, "staff_ref": ref("third"), "name": "Third"},
        {"organisation_ref": ref("court"), "staff_ref": ref("fourth"), "name": "Fourth"},
        FIRST,
    ),
    Creating(
        ProposeRemoval,
        "proposals/removal",
        "proposal",
        {"staff_ref": SECOND_REF},
        {"staff_ref": FIRST_REF},
        FIRST,
    ),
)
