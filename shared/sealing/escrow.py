"""The master key and the secrets in a file for people far away, who give them back when the key file is lost.

The file is encrypted in the age format, so that any age tool opens it too. It holds JSON: each master key by its id,
which of them is in force, and the secrets, in base64. It opens nothing without the wrapped keys, which are elsewhere.
"""

import base64
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from shared.sealing.age import NotForUs, decrypt, encrypt, identities, recipients
from shared.sealing.keyfile import WrongKeys, key_id, master_key, write_key
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.keytable import IN_FORCE
from shared.sealing.ring import next_to
from shared.sealing.standing import NAMES

FORMAT = 1


async def escrowed(store: WrappedKeyStore, to: Iterable[str]) -> bytes:
    """The encrypted file. Raises NoRecipient."""
    wanted = recipients(to)
    in_force = await store.database.read(_in_force)
    path = store.ring.path
    keys = [master_key(file) for file in (path, next_to(path)) if file.exists()]
    content = {
        "homeward_keys": FORMAT,
        "in_force": in_force,
        "master_keys": {key_id(key): _text(key) for key in keys},
        "secrets": {name: _text(store.secret(name)) for name in NAMES},
    }
    out = io.BytesIO()
    encrypt(io.BytesIO(json.dumps(content).encode()), out, wanted)
    return out.getvalue()


def opened(file: Path, identity: Path) -> dict[str, Any]:
    """What an escrow file holds. Raises NotForUs where it is no such file or for others, UnsafeKeyFile as ever."""
    out = io.BytesIO()
    with file.open("rb") as content:
        decrypt(content, out, identities(identity))
    try:
        found: dict[str, Any] = json.loads(out.getvalue())
    except ValueError:
        found = {}
    if found.get("homeward_keys") != FORMAT:
        raise NotForUs(f"{file} holds no keys of Homeward")
    return found


def put_back(found: dict[str, Any], path: Path) -> list[Path]:
    """Write the key file, and that of a rotation under way, where they are missing. Raises WrongKeys over another."""
    keys = {name: base64.b64decode(text) for name, text in found["master_keys"].items()}
    first = keys.pop(found["in_force"])
    written = []
    for file, key in ((path, first), *((next_to(path), key) for key in keys.values())):
        if not file.exists():
            write_key(file, key)
            written.append(file)
        elif master_key(file) != key:
            raise WrongKeys(f"{file} is there already and is another key; move it away first")
    return written


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _in_force(connection: Connection) -> str:
    return str(connection.execute(select(IN_FORCE.c.current)).scalar_one())
