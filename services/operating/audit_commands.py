"""The commands about the audit: `audit verify`, `export`, `prove` and `keys`. See docs/running.md.

`verify` ends with 0 when all is whole, with 1 when something is not, with 2 when it could not look, and with 3 when
nothing is wrong but that an interval was lost when a store was put back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services import SERVICES
from services.operating.commands import AsJson, Services, known
from services.operating.terminal import read_settings, refuse, tell, tell_machine, tell_table, watched

if TYPE_CHECKING:
    from shared.audit.findings import Verdict
    from shared.audit.witnessed import Witnessed

audit = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Verify and export who did what.")

WHOLE, BROKEN, LOST = 0, 1, 3
SHOWN = 20
Key = Annotated[list[str] | None, typer.Option("--key", help="Trust this public key only; may be repeated.")]
WitnessFile = Annotated[Path | None, typer.Option("--witness", help="The witness's file, if not that of the settings.")]


@audit.command("verify")
def verify_audit(
    services: Services = None,
    witness: WitnessFile = None,
    keys: Key = None,
    export: Annotated[Path | None, typer.Option(help="Verify this export instead; needs --service.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look at every entry of the audit and at every checkpoint of the witness, without any network."""
    from services.operating.audit_work import verified, verified_export, witnessed

    named = known(services)
    if export is not None and len(named) != 1:
        refuse("An export is that of one service: name it by --service.")
    with _refused(), watched() as told:
        settings = read_settings()
        seen = witnessed(settings, witness)
        if export is not None:
            found = [verified_export(export, named[0], seen, keys or (), told)]
        else:
            found = verified(settings, named or SERVICES, seen, keys or (), told)
    if as_json:
        tell_machine([asdict(one) for one in found])
    else:
        _tell(found, seen)
    raise typer.Exit(BROKEN if any(one.bad for one in found) else LOST if any(one.lost for one in found) else WHOLE)


def _tell(found: "list[Verdict]", seen: "Witnessed | None") -> None:
    names = ("entries", "trees", "checkpoints", "uncovered", "waiting")
    rows = [(one.service, *(getattr(one, name) for name in names)) for one in found]
    tell_table("The audit", ("of", "entries", "trees", "checkpoints", "not yet in one", "not yet numbered"), rows)
    for line, words in seen.unreadable[:SHOWN] if seen else ():
        tell(f"Line {line} of the witness is no whole checkpoint: {words[:60]}")
    for one in found:
        _tell_findings(one)
    if seen is None:
        tell("No witness: whoever can write a store can also write its checkpoints. Set HOMEWARD_AUDIT_WITNESS.")
    bad, lost = any(one.bad for one in found), any(one.lost for one in found)
    end = "[bold green]Whole.[/bold green]" if not lost else "[bold yellow]Whole, but for what was lost.[/bold yellow]"
    tell("[bold red]NOT WHOLE.[/bold red]" if bad else end)


def _tell_findings(one: "Verdict") -> None:
    for place, found in enumerate(one.bad[:SHOWN]):
        tell(f"{one.service}: {'first, ' if place == 0 else ''}{found.says}.")
    if len(one.bad) > SHOWN:
        tell(f"{one.service}: and {len(one.bad) - SHOWN} more; --json tells all.")
    for found in one.lost:
        tell(f"{one.service}: lost when the store was put back: {found.says}.")


@audit.command("export")
def export_audit(
    service: Annotated[str, typer.Option(help="Whose audit.")],
    file: Annotated[Path | None, typer.Option("--into", help="A new file; standard output unless named.")] = None,
) -> None:
    """Write the audit as JSON lines: FHIR R4 AuditEvent in the patterns of IHE BALP. Refs and codes, never a value."""
    from services.operating.audit_work import exported

    known([service])
    with _refused():
        lines = exported(read_settings(), service)
        if file is None:
            for line in lines:
                typer.echo(line)
        else:
            with file.open("x", encoding="utf-8") as into:
                into.writelines(f"{line}\n" for line in lines)


@audit.command("keys")
def audit_keys(services: Services = None) -> None:
    """Print the public keys that checkpoints are signed with, one line per tree, for a witness or an auditor."""
    from services.operating.audit_work import keys_of

    with _refused():
        for line in keys_of(read_settings(), known(services) or SERVICES):
            typer.echo(line)


@audit.command("prove")
def prove_entry(
    number: Annotated[int, typer.Argument(help="The number of an entry, as `verify` and `export` name it.")],
    service: Annotated[str, typer.Option(help="Whose audit.")],
    tree: Annotated[int, typer.Option(help="Of which tree; the first unless named.")] = 0,
) -> None:
    """Prove one entry to somebody who has the public key alone: the entry, its path of hashes and the checkpoint."""
    from services.operating.audit_work import proven

    known([service])
    with _refused():
        tell_machine(proven(read_settings(), service, tree, number))


@contextmanager
def _refused() -> Iterator[None]:
    """End with 2 and one sentence where it could not be done."""
    from services.operating.office import Trouble
    from shared.storage.revisions import UnknownRevision

    try:
        yield
    except (Trouble, UnknownRevision) as trouble:
        refuse(str(trouble))
    except FileExistsError as there:
        refuse(f"{there.filename} is there already.")
    except OSError as error:
        refuse(f"{error.filename or 'The file'}: {error.strerror}.")
