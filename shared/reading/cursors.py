"""Sealed cursors: where the next page of a list begins, for one list, its filters and one caller.

A cursor cannot be read or made up, and does not open for any other list, filter or caller. The same place in the same
list always gives the same cursor, so a page asked for again is the same page.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from shared.auth import Caller
from shared.columns import canonical
from shared.errors import Invalid


class Cursors:
    """The cursors of one list as one caller asked for it."""

    def __init__(self, secret: bytes, listed: str, filters: Mapping[str, object], caller: Caller) -> None:
        self._cipher = _cipher(secret)
        who = [caller.staff_ref, caller.organisation_ref, caller.role, caller.purpose]
        given = {name: value for name, value in filters.items() if value is not None}
        self._bound = [canonical([listed, given, who]).encode()]

    def write(self, at: datetime, ref: str) -> str:
        """The cursor behind a row."""
        sealed = self._cipher.encrypt(f"{at.isoformat()} {ref}".encode(), self._bound)
        return base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    def read(self, cursor: str) -> tuple[datetime, str]:
        """The row behind which to go on. Raises Invalid for what was not given for exactly this."""
        try:
            sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            at, ref = self._cipher.decrypt(sealed, self._bound).decode().split(" ")
        except (ValueError, binascii.Error, InvalidTag):
            raise Invalid("cursor_unusable") from None
        return datetime.fromisoformat(at), ref


@cache
def _cipher(secret: bytes) -> AESSIV:
    return AESSIV(hmac.digest(secret, b"cursors", hashlib.sha512))
