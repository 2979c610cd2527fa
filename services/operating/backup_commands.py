"""The commands `backup` and `restore`. The work itself is in `backing_up`, `restoring` and `proving`.

They end with 0 when it is done, with 1 when `restore --check` finds that a backup cannot be relied upon, and with 2 and
one sentence when nothing was done.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.operating.commands import known
from services.operating.losing import LedgerLost
from services.operating.terminal import read_settings, refuse, tell, tell_machine, tell_table, watched

if TYPE_CHECKING:
    from services.operating.archive import Manifest
    from services.operating.going_on import WentOn
    from services.operating.proving import Proof
    from services.operating.restoring import Asked
    from shared.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
SHOWN = 50
"""Lost facts that are shown to people; machines get all."""
File = Annotated[Path, typer.Argument(help="The backup; its keys are beside it, in FILE.keys.")]


def backup(
    file: File,
    recipient: Annotated[list[str], typer.Option(help="Who can open it: age1... of an age key; may be repeated.")],
    as_json: AsJson = False,
) -> None:
    """Copy all stores as they are at one moment, and the wrapped keys, while everything runs. Encrypted."""
    from services.operating.backing_up import back_up, keys_beside
    from services.operating.forgotten import beside
    from shared.sealing import age

    with _refused():
        try:
            to = age.recipients(recipient)
        except age.NoRecipient as trouble:
            refuse(f"{trouble}.")
        with watched() as told:
            made, held = asyncio.run(back_up(read_settings(), file, to, told))
    if as_json:
        tell_machine({"stores": made.model_dump(mode="json"), "keys": held.model_dump(mode="json")})
    else:
        _tell_manifests(made, held)
        tell(f"{file} holds the stores, {keys_beside(file)} the wrapped keys. The master key is in neither.")
        tell(f"{beside(file)} says who was forgotten: keep the newest one of all, whatever you restore.")


MasterKeys = Annotated[
    list[Path] | None,
    typer.Option(help="The key that wraps all others, in a file; repeated for each service's own."),
]
NewestLedger = Annotated[
    Path | None, typer.Option(help="The newest ledger of erasures, where that of this place is lost.")
]
OneStore = Annotated[
    list[str] | None, typer.Option("--service", help="Its store only, beside others that lived on; repeatable.")
]


def restore(
    file: File,
    identity: Annotated[Path, typer.Option(help="The age identity of one recipient, in a file.")],
    master_key: MasterKeys = None,
    services: OneStore = None,
    keys: Annotated[Path | None, typer.Option(help="FILE.keys unless given; a later one opens it too.")] = None,
    ledger: NewestLedger = None,
    ledger_lost: Annotated[
        LedgerLost | None, typer.Option(help="State that there is none, and why; kept in the audit.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Prove the backup in a scratch folder; restore nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty place, once it is known to be whole and the master key to be the right one.

    What was put back goes on in a new generation; what is known to be lost to it is named.
    """
    from services.operating.backing_up import keys_beside
    from services.operating.forgotten import Ledgers
    from services.operating.restoring import Asked
    from shared.sealing import age
    from shared.sealing.at_hand import key_files

    settings, named = read_settings(), known(services)
    if named and (check or keys or master_key):
        refuse("Single services go on with the keys and the master key that are there, and are not checked alone.")
    if not named and not master_key and key_files(settings):
        refuse("A backup needs its master key: name its file by --master-key.")
    with _refused():
        of_keys = None if named else keys or keys_beside(file)
        asked = Asked(
            file, age.identities(identity), of_keys, tuple(master_key or ()), named, Ledgers(ledger, ledger_lost)
        )
        if check:
            _tell_proof(_proven(settings, asked), as_json=as_json)
        else:
            _restored(settings, asked, as_json=as_json)


def _restored(settings: "Settings", asked: "Asked", *, as_json: bool) -> None:
    from services.operating.restoring import restore as put

    with watched() as told:
        found, went_on = asyncio.run(put(settings, asked, told))
    if as_json:
        manifests = {manifest.holds: manifest.model_dump(mode="json") for manifest in found.manifests}
        tell_machine(manifests | went_on.as_json())
    else:
        _tell_manifests(*found.manifests)
        _tell_lost(went_on)
        tell("[bold green]Restored.[/bold green] Start it, and then: homeward bus verify --deep")


def _tell_lost(went_on: "WentOn") -> None:
    tell_table("Speaks from now on in", ("service", "generation"), list(went_on.generations.items()))
    lost = went_on.beyond.lost
    if lost:
        rows = [(fact.source, fact.subject, fact.version, fact.type, ", ".join(fact.known_to)) for fact in lost[:SHOWN]]
        tell_table("Lost: told after the backup", ("told by", "stream", "version", "what", "known to"), rows)
        if len(lost) > SHOWN:
            tell(f"and {len(lost) - SHOWN} more, which --json names too")
    else:
        tell("Nothing is known that was told after the backup.")
    if not went_on.beyond.bus_read:
        tell("The bus did not answer: what it alone knows beyond the backup is not among this.")


def _proven(settings: "Settings", asked: "Asked") -> "Proof":
    from services.operating import proving
    from services.operating.restoring import laid_out, refuse_full, unpacked

    with watched() as told, unpacked(asked, None, told) as found:
        asyncio.run(refuse_full(settings))
        there = asyncio.run(laid_out(settings, found, asked))
        proving.bring_up(there)
        return asyncio.run(proving.prove(there, told))


def _tell_manifests(*manifests: "Manifest") -> None:
    rows = [
        (store.name, store.revision or "", sum(store.rows.values()), f"{store.size / 1e6:.1f} MB")
        for manifest in manifests
        for store in manifest.stores
    ]
    tell_table(f"As of {manifests[0].at:%Y-%m-%d %H:%M:%S} UTC", ("store", "revision", "rows", "size"), rows)


def _tell_proof(proof: "Proof", *, as_json: bool) -> None:
    if as_json:
        tell_machine(proof.as_json())
    else:
        tell(f"{proof.opened} sealed values were opened; {proof.told} facts compared with all views.")
        for place in proof.shut:
            tell(f"values in {place} do not open")
        if proof.on_the_way:
            tell(f"{proof.on_the_way} facts were on their way to a view, or waited there (`bus lag`, `bus refeed`).")
        if proof.wrong:
            tell(f"{proof.wrong} places of views are wrong; once it is restored, `bus verify --deep` names them.")
        tell("[bold green]Sound.[/bold green]" if proof.sound else "[bold red]NOT SOUND.[/bold red]")
    raise typer.Exit(0 if proof.sound else 1)


@contextmanager
def _refused() -> Iterator[None]:
    """Whatever is wrong with what was asked is one sentence."""
    from services.operating.office import Trouble
    from shared.sealing.keyfile import NoKeys
    from shared.storage.revisions import UnknownRevision

    try:
        yield
    except (Trouble, NoKeys, UnknownRevision) as trouble:
        refuse(str(trouble))
