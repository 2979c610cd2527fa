"""Reads the audit of stores for an operator or an auditor: to verify it, to export it, to print the public keys.

Nothing is written, and no bus and no key is needed: stores may be at work, at rest, or copies on an auditor's machine.
"""

import base64
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from services.operating.office import Trouble
from services.operating.orders import Tell, heeding
from shared import stores
from shared.audit.findings import Verdict
from shared.audit.history import InStore
from shared.audit.mapping import Exported, lines
from shared.audit.notes import verifier
from shared.audit.proving import NotProven, proof
from shared.audit.tree import trees
from shared.audit.verify import verify
from shared.audit.witnessed import Witnessed
from shared.clock import system_clock
from shared.service import Service
from shared.settings import Settings
from shared.storage import Work, revisions
from shared.storage.ledger import Ledger
from shared.storage.once import NOT_REACHED, there, with_connection

T = TypeVar("T")


def witnessed(settings: Settings, file: Path | None) -> Witnessed | None:
    """What the witness has: in the file named, or in the one that settings name. None where nobody is a witness.

    Raises Trouble for a file that cannot be read, and where only a server has it.
    """
    place = settings.audit_witness
    if file is None and "://" in place:
        raise Trouble(
            "The witness is a server: name the file with its checkpoints, which its keeper has, by --witness."
        )
    if file is None and not place:
        return None
    path = file or Path(place)
    try:
        with path.open(encoding="utf-8", errors="replace") as content:
            return Witnessed.of(content, system_clock())
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}.") from None


def verified(
    settings: Settings, services: Sequence[str], witness: Witnessed | None, keys: Sequence[str], tell: Tell
) -> list[Verdict]:
    """The verdict on each service's store."""
    trusted = public_keys(keys)
    return [
        _read(settings, name, partial(_verdict, name=name, witness=witness, keys=trusted, tell=tell))
        for name in services
    ]


def _verdict(conn: Connection, *, name: str, witness: Witnessed | None, keys: Sequence[bytes], tell: Tell) -> Verdict:
    return verify(name, InStore(conn, _ledger(name)), witness, heeding(tell, name), keys)


def verified_export(path: Path, service: str, witness: Witnessed | None, keys: Sequence[str], tell: Tell) -> Verdict:
    """The verdict on an export. Without a store the key must be given: an export could bring its own."""
    if witness is None or len(keys) != 1:
        raise Trouble("An export is verified against a witness and one key: give --witness and --key.")
    [key] = public_keys(keys)
    try:
        content = path.read_text("utf-8").splitlines()
        return verify(service, Exported(content, service, key), witness, heeding(tell, service))
    except OSError as error:
        raise Trouble(f"{path}: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise Trouble(f"{path} is no export of an audit.") from None


def exported(settings: Settings, service: str) -> Iterator[str]:
    """The audit of a service as JSON lines."""
    yield from _read(settings, service, lambda conn: list(lines(conn, _ledger(service), service)))


def keys_of(settings: Settings, services: Sequence[str]) -> list[str]:
    """The public key of each tree, as a witness or an auditor takes it."""
    return [
        verifier(tree.origin, tree.public_key)
        for name in services
        for tree in _read(settings, name, partial(trees, ledger=_ledger(name)))
    ]


def proven(settings: Settings, service: str, tree: int, number: int) -> dict[str, Any]:
    """The proof of one entry. Raises Trouble."""
    try:
        return _read(settings, service, partial(proof, ledger=_ledger(service), tree=tree, number=number))
    except NotProven as trouble:
        raise Trouble(f"{service}: {trouble}.") from None


def public_keys(given: Sequence[str]) -> list[bytes]:
    """The keys in `name+id+key` lines. Raises Trouble."""
    try:
        return [base64.b64decode(one.split("+", 2)[2], validate=True)[1:] for one in given]
    except (ValueError, IndexError):
        raise Trouble("A key is given as `homeward audit keys` prints it.") from None


def _ledger(name: str) -> Ledger:
    service: Service = import_module(f"services.{name}.app").SERVICE
    return service.ledger


def _read(settings: Settings, name: str, work: Work[T]) -> T:
    """Do it on a store at one moment. Raises Trouble where there is none, or where it is of another version."""
    url = stores.url_for(settings, name)
    if not there(url):
        raise Trouble(f"There is no store of {name} in {settings.data_dir}.")
    try:
        return with_connection(url, partial(_at_one_moment, name=name, work=work))
    except NOT_REACHED as error:
        raise Trouble(f"The store of {name} cannot be reached or read ({type(error).__name__}).") from None


def _at_one_moment(conn: Connection, *, name: str, work: Work[T]) -> T:
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    revisions.refuse_other(f"services.{name}", revisions.revision(conn))
    return work(conn)
