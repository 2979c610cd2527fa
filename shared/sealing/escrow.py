"""The master key and the secrets in a file for people far away, who give them back when the key file is lost.

The file is encrypted in the age format, so that any age tool opens it too. It holds JSON: each master key by its id,
which of them is in force, and the secrets, in base64. It opens nothing without the wrapped keys, which are elsewhere.
"""

import base64
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shared.contracts.catalogue import PRODUCERS
from shared.sealing.age import NotForUs, decrypt, encrypt, identities, recipients
from shared.sealing.in_force import NAMES
from shared.sealing.keyfile import WrongKeys, key_id, master_key, write_key
from shared.sealing.keystore import WrappedKeyStore
from shared.sealing.ring import Ring, next_to
from shared.sealing.rotation import having_own, noted_now

FORMAT = 1
FORMAT_OWN = 2
"""`in_force` says which key for each service."""


async def escrowed(store: WrappedKeyStore, to: Iterable[str]) -> bytes:
    """The encrypted file. Raises NoRecipient. A key service gives no master key away: then it holds the secrets."""
    wanted = recipients(to)
    current = await store.database.read(noted_now)
    one = None if await having_own(store) else next(iter(current.values()))
    paths = {ring.path for name in PRODUCERS if isinstance(ring := store.masters.of(name), Ring)}
    keys = [master_key(file) for path in paths for file in (path, next_to(path)) if file.exists()]
    content = {
        "homeward_keys": FORMAT if one else FORMAT_OWN,
        "in_force": one or current,
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
    if found.get("homeward_keys") not in (FORMAT, FORMAT_OWN):
        raise NotForUs(f"{file} holds no keys of Homeward")
    return found


def put_back(found: dict[str, Any], paths: Mapping[str, Path]) -> list[Path]:
    """Write each service's key file, and that of a rotation under way, where they are missing.

    Raises WrongKeys over another key.
    """
    current = found["in_force"]
    keys = {name: base64.b64decode(text) for name, text in found["master_keys"].items()}
    if isinstance(current, str):
        (path,) = _one_place(paths)
        coming = [key for name, key in keys.items() if name != current]
        return [*_written(path, keys[current]), *(file for key in coming for file in _written(next_to(path), key))]
    if len(set(paths.values())) < len(paths):
        raise WrongKeys("it holds a key for each service: set HOMEWARD_MASTER_KEY_FILE with {service} in it")
    here = {name: path for name, path in paths.items() if current[name] in keys}
    return [file for name, path in here.items() for file in _written(path, keys[current[name]])]


def _one_place(paths: Mapping[str, Path]) -> set[Path]:
    places = set(paths.values())
    if len(places) > 1:
        raise WrongKeys("it holds one key for all services: set HOMEWARD_MASTER_KEY_FILE without {service}")
    return places


def _written(file: Path, key: bytes) -> list[Path]:
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_key(file, key)
        return [file]
    if master_key(file) != key:
        raise WrongKeys(f"{file} is there already and is another key; move it away first")
    return []


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
