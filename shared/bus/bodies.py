"""The bodies of records that wait or contradict, sealed: a stranger's may hold anything that must never lie in clear.

Source, subject, version and a digest stay in clear, so that an operator can say which record it is and whether another
one is the same. The key comes of the service's own secret, because what waits is sealed and opened inside a consumer's
transaction, where no key can be fetched; and a record that nobody can read belongs to no subject.
"""

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.columns import canonical
from shared.events.record import Record
from shared.sealing import FORMAT, NONCE

_LENGTH = 4
_BOUND = {
    "heard": ("source", "subject", "version"),
    "superseded": ("source", "subject", "version"),
    "arriving": ("source", "generation", "subject", "version"),
    "conflict": ("source", "generation", "subject", "version", "event_id"),
}
"""By table: the columns to which a body there is bound. What is superseded is bound as it was when it was heard."""

log = logging.getLogger(__name__)


class Bodies:
    """Seals and opens with one service's secret. A body moved to another row does not open."""

    def __init__(self, secret: bytes) -> None:
        self._digest_key = _derived(secret, b"digest")
        self._cipher = AESGCM(_derived(secret, b"seal"))

    def sealed(self, record: Record, place: str) -> Mapping[str, Any]:
        """The columns that hold a body."""
        headers = canonical(dict(record.headers)).encode()
        clear = len(headers).to_bytes(_LENGTH, "big") + headers + record.value
        nonce = secrets.token_bytes(NONCE)
        raw = FORMAT + nonce + self._cipher.encrypt(nonce, clear, place.encode())
        digest = hmac.new(self._digest_key, clear, hashlib.sha256).hexdigest()
        # Not null: a replica of the version before this one reads them as a mapping.
        return {"raw": raw, "headers": {}, "digest": digest}

    def opened(self, row: Any, place: str) -> Record:
        """The record of a row. One without a digest was stored by an earlier version, in clear."""
        if row.digest is None:
            return Record(row.subject, row.headers, row.raw)
        nonce, cipher = row.raw[1 : 1 + NONCE], row.raw[1 + NONCE :]
        try:
            clear = self._cipher.decrypt(nonce, cipher, place.encode())
        except InvalidTag:
            # It waits on, and is replaced when it is published again.
            log.error("a body that waits does not open", extra={"subject": row.subject})
            return Record(row.subject, {}, b"")
        end = _LENGTH + int.from_bytes(clear[:_LENGTH], "big")
        return Record(row.subject, json.loads(clear[_LENGTH:end]), clear[end:])


def place_in(table: str, row: Mapping[Any, Any]) -> str:
    """To what the body of this row is bound."""
    parts = (str(row[name]) for name in _BOUND[table])
    return " ".join(parts if table in ("heard", "superseded") else (table, *parts))


def _derived(secret: bytes, use: bytes) -> bytes:
    return hmac.new(secret, b"waiting-bodies:" + use, hashlib.sha256).digest()
