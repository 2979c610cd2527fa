"""With what a process proves to the key service which service it is: a token in a file, or an AppRole's secret id.

Both come from files that their owner alone may read, and are read again when the key service does not take them.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from shared.outgoing import Posting
from shared.sealing.keyfile import UnsafeKeyFile, refuse_open_file

HEADER = "X-Vault-Token"
_MARK = {"X-Vault-Request": "true"}


class Token(Protocol):
    """Gives the headers that prove who asks."""

    def headers(self, *, again: bool = False) -> dict[str, str]:
        """The headers; with `again` those from before were not taken."""
        ...


def credential_in(path: Path) -> str:
    """The text of a credential's file. Raises UnsafeKeyFile where it is missing, or others may read it."""
    if not path.is_file():
        raise UnsafeKeyFile(f"there is no file {path}")
    refuse_open_file(path)
    try:
        found = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UnsafeKeyFile(f"{path} cannot be read ({type(error).__name__})") from None
    if not found or not found.isascii() or not found.isprintable():
        raise UnsafeKeyFile(f"{path} holds no credential")
    return found


class FileToken:
    """A token that somebody else, such as an agent of the key service, keeps fresh in a file."""

    def __init__(self, path: Path) -> None:
        """Raises UnsafeKeyFile."""
        self._path, self._token = path, credential_in(path)

    def headers(self, *, again: bool = False) -> dict[str, str]:
        """What the file held, or holds now."""
        if again:
            try:
                self._token = credential_in(self._path)
            except UnsafeKeyFile as error:
                # Somebody is moving the file about. In a running process this is a key service that is away.
                raise OSError(str(error)) from None
        return {HEADER: self._token, **_MARK}


@dataclass(frozen=True)
class Role:
    """An AppRole: where one signs in, and the files of its two ids."""

    address: str
    role_id_file: Path
    secret_id_file: Path


class RoleToken:
    """A token that is fetched with an AppRole's ids, and again when it has ended."""

    def __init__(self, role: Role, posting: Posting) -> None:
        """Raises UnsafeKeyFile. Nobody is called yet."""
        self._role, self._posting = role, posting
        self._token = ""
        self._signing_in = threading.Lock()
        self._ids()

    def headers(self, *, again: bool = False) -> dict[str, str]:
        """The token from before, or a new one. Raises what is in `shared.outgoing.AWAY`."""
        with self._signing_in:
            if again or not self._token:
                self._token = self._signed_in()
        return {HEADER: self._token, **_MARK}

    def _signed_in(self) -> str:
        try:
            ids = self._ids()
        except UnsafeKeyFile as error:
            raise OSError(str(error)) from None
        status, answer = self._posting.post(self._role.address, ids, _MARK)
        found = _token_in(answer)
        # Refused: whatever is asked with the empty token is refused as well, and says so.
        return "refused" if found is None and 400 <= status < 500 else _there(found)

    def _ids(self) -> dict[str, str]:
        return {
            "role_id": credential_in(self._role.role_id_file),
            "secret_id": credential_in(self._role.secret_id_file),
        }


def _there(token: str | None) -> str:
    if token is None:
        raise OSError("no token")
    return token


def _token_in(answer: Any) -> str | None:
    auth = answer.get("auth") if isinstance(answer, dict) else None
    found = auth.get("client_token") if isinstance(auth, dict) else None
    return found if isinstance(found, str) and found.isascii() and found.isprintable() else None
