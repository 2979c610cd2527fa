"""Callers as tests name them: `Authorization: Invented staff=sok; organisation=bavet; role=…; purpose=…`.

Nothing is verified: no process of the product has this adapter. Readable names become refs.
"""

import re
from datetime import datetime

from shared.auth import Caller, CallerUnknown, Purpose, Role
from shared.auth.identity import Asking
from shared.ids import pseudonym, ref_in
from shared.testing import INVENTED

_PART = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def _ref(kind: str, value: str) -> str:
    if len(value) > 60 or not _PART.fullmatch(value):
        raise CallerUnknown()
    return ref_in(value) or pseudonym(kind, value)


def caller_of(header: str) -> Caller:
    """The caller a header names. Raises CallerUnknown (401) for anything else, and for the system's own role."""
    parts = dict(part.strip().partition("=")[::2] for part in header.removeprefix(INVENTED).split(";"))
    try:
        role, purpose = Role(parts["role"]), Purpose(parts["purpose"])
        if role is Role.SYSTEM:
            raise CallerUnknown()
        factor_at = datetime.fromisoformat(parts["factor_at"]) if "factor_at" in parts else None
        staff, organisation = _ref("staff", parts["staff"]), _ref("organisation", parts["organisation"])
        return Caller(staff, organisation, role, purpose, factor_at)
    except (KeyError, ValueError):
        raise CallerUnknown() from None


async def invented(asking: Asking) -> Caller:
    """As an adapter of `shared.auth.identity.Identify`."""
    said = asking.headers.get("authorization", "")
    if not said.startswith(INVENTED):
        raise CallerUnknown()
    return caller_of(said)
