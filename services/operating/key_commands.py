"""The operators' commands about keys: `keys check`, `rotate`, `export` and `restore`. See docs/runbooks/keys.md."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from services import SERVICES
from services.operating.commands import AsJson, Services, known, ordered
from services.operating.terminal import read_settings, refuse, tell, tell_machine, tell_table

keys = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Look after what opens sealed values.")


@keys.command("check")
def check_keys(as_json: AsJson = False) -> None:
    """Open every wrapped key, and look for sealed rows that have none. Ends with 1 when one does not open."""
    found = ordered("check_keys", as_json=as_json)["services"]
    if not as_json:
        columns = ("keys", "unopened", "keyless")
        rows = [(name, *(row[column] for column in columns)) for name, row in found.items()]
        tell_table("Keys", ("of", "wrapped", "do not open", "sealed without one"), rows)
    raise typer.Exit(1 if any(row["unopened"] or row["keyless"] for row in found.values()) else 0)


@keys.command("rotate")
def rotate_keys(
    new_master_key: Annotated[
        Path | None, typer.Option(help="The next key, 32 bytes, open to its owner only; drawn unless given.")
    ] = None,
    subjects: Annotated[bool, typer.Option("--subjects", help="The keys of people instead of the master key.")] = False,
    services: Services = None,
    as_json: AsJson = False,
) -> None:
    """Go over to another master key, or to other keys of people. Cut short, it goes on when it is run again."""
    from shared.sealing.at_hand import each_its_own

    if subjects:
        if new_master_key:
            refuse("The master key and the keys of people are replaced one after the other.")
        _replace(services, as_json=as_json)
    elif each_its_own(read_settings()):
        _rotate_own(known(services) or SERVICES, new_master_key, as_json=as_json)
    elif services:
        refuse("The master key is that of all services; --service goes with --subjects.")
    else:
        _rotate(new_master_key, as_json=as_json)


def _rotate(new_master_key: Path | None, *, as_json: bool) -> None:
    from shared.sealing.at_hand import key_file
    from shared.sealing.ring import lay_beside

    path = key_file(read_settings())
    with _said():
        lay_beside(path, new_master_key)
    answer = ordered("rotate_keys", as_json=as_json)
    if not as_json:
        tell(
            f"The master key is {answer['now']} now, in {path}; {answer['wrapped']} keys and secrets were wrapped anew."
        )
        tell(f"Older copies of the keys still need the key before it: it lies beside, as {path.name}.<its id>.")
    _refuse_unopened(answer["unopened"])


def _rotate_own(services: tuple[str, ...], new_master_key: Path | None, *, as_json: bool) -> None:
    """Each of these services goes over to a next key of its own."""
    from shared.sealing.at_hand import key_file
    from shared.sealing.ring import lay_beside

    settings = read_settings()
    if new_master_key and (settings.key_service or len(services) > 1):
        refuse("Each service has a master key of its own: name one service for --new-master-key, and no key service.")
    with _said():
        for name in () if settings.key_service else services:
            lay_beside(key_file(settings, name), new_master_key)
    answer = ordered("rotate_keys", as_json=as_json, services=list(services))
    if not as_json:
        rows = [(name, one["now"], one["wrapped"], one["unopened"]) for name, one in answer.items()]
        tell_table("Master keys", ("of", "is now", "wrapped anew", "do not open"), rows)
        tell("Older copies of the keys still need the keys before.")
    _refuse_unopened(sum(one["unopened"] for one in answer.values()))


def _refuse_unopened(many: int) -> None:
    if many:
        refuse(f"{many} keys opened under neither and are as they were: `homeward keys check`.", 1)


@keys.command("own")
def own_keys(
    before: Annotated[Path, typer.Option("--from", help="The file of the master key that all services share.")],
) -> None:
    """Lay out a master key for each service: the shared one, and a next one beside it that `rotate` goes over to."""
    from shared.sealing.at_hand import each_its_own, key_files
    from shared.sealing.ring import lay_own

    settings = read_settings()
    paths = key_files(settings)
    if not each_its_own(settings) or not paths:
        refuse("Set HOMEWARD_MASTER_KEY_FILE first, with {service} in it: each service has its key there.")
    with _said():
        for path in paths.values():
            lay_own(path, before)
    tell("Laid out: " + ", ".join(str(path) for path in paths.values()))
    tell("Start each service with this setting, then: homeward keys rotate")


def _replace(services: list[str] | None, *, as_json: bool) -> None:
    """Tell what came of it; end with 1 where anything did not open."""
    answer = ordered("replace_keys", as_json=as_json, services=services)
    columns = ("keys", "values", "unopened_keys", "unopened_values")
    if not as_json:
        rows = [(name, *(row[column] for column in columns)) for name, row in answer.items()]
        titles = ("service", "new keys", "sealed anew", "keys that do not open", "of whom a value does not")
        tell_table("Keys of people", titles, rows)
        tell("Older backups open with their own keys files alone: make a new one, `homeward backup`.")
    raise typer.Exit(1 if any(row["unopened_keys"] or row["unopened_values"] for row in answer.values()) else 0)


@keys.command("export")
def export_keys(
    file: Annotated[Path, typer.Argument(help="Where to write; it must not be there yet.")],
    recipient: Annotated[list[str], typer.Option(help="Who can open it (age1...); may be repeated.")],
) -> None:
    """Write the master key and the secrets into a file that only the recipients can open."""
    if file.exists():
        refuse(f"{file} is there already.")
    content = base64.b64decode(ordered("export_keys", recipients=tuple(recipient))["file"])
    with _said(), os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0) as written:
        written.write(content)
        os.fsync(written.fileno())
    tell(
        f"{file} opens for {len(recipient)} of {len(recipient)} recipients. Try it once: homeward keys restore --check"
    )


@keys.command("restore")
def restore_keys(
    file: Annotated[Path, typer.Argument(help="What `homeward keys export` wrote.")],
    identity: Annotated[Path, typer.Option(help="The file with a recipient's identity (AGE-SECRET-KEY-...).")],
    check: Annotated[bool, typer.Option("--check", help="Only open the file and say what it holds.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put the master key back where its file is missing. Never writes over a key."""
    from shared.sealing.at_hand import key_files
    from shared.sealing.escrow import opened, put_back

    with _said():
        found = opened(file, identity)
        written = [] if check else put_back(found, key_files(read_settings()))
    answer = {
        "in_force": found["in_force"],
        "keys": sorted(found["master_keys"]),
        "written": [str(one) for one in written],
    }
    if as_json:
        tell_machine(answer)
    else:
        current = found["in_force"]
        which = current if isinstance(current, str) else ", ".join(f"{of}: {one}" for of, one in current.items())
        tell(f"It holds the master key {which} and {len(found['secrets'])} secrets.")
        tell("".join(f"Written: {one}" for one in written) or "Nothing was written.")


@contextmanager
def _said() -> Iterator[None]:
    """Say in one sentence what is wrong with a file, and end."""
    from shared.sealing.age import NotForUs
    from shared.sealing.keyfile import NoKeys

    try:
        yield
    except (NoKeys, NotForUs) as why:
        refuse(str(why))
    except OSError as error:
        refuse(f"{error.filename or 'A file'} could not be read or written ({error.strerror}).")
