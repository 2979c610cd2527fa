"""The development identity: a header says who is calling. Embedded default only, loopback only, never production.

`Homeward-Caller: staff=sok; organisation=bavet; role=INTAKE_OFFICER; purpose=PROTECTION`. Readable names become refs.
Nothing is verified, so anybody may claim to be anybody.
"""

import re
from collections.abc import Mapping

from shared.auth.caller import Caller, Purpose, Role
from shared.auth.identity import CallerUnknown
from shared.ids import pseudonym

HEADER = "homeward-caller"
_PART = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REF = re.compile(r"[0-9a-f]{32}")


def _ref(kind: str, value: str) -> str:
    if _REF.fullmatch(value):
        return value
    if len(value) > 60 or not _PART.fullmatch(value):
        raise CallerUnknown()
    return pseudonym(kind, value)


def caller_of(header: str | None) -> Caller:
    """The caller a header names. Raises CallerUnknown (401) for anything else, and for the system's own role."""
    parts = dict(part.strip().partition("=")[::2] for part in (header or "").split(";"))
    try:
        role, purpose = Role(parts["role"]), Purpose(parts["purpose"])
        if role is Role.SYSTEM:
            raise CallerUnknown()
        return Caller(_ref("staff", parts["staff"]), _ref("organisation", parts["organisation"]), role, purpose)
    except (KeyError, ValueError):
        raise CallerUnknown() from None


async def identify(headers: Mapping[str, str]) -> Caller:
    """The development issuer as an adapter of `shared.auth.identity.Identify`."""
    return caller_of(headers.get(HEADER))
