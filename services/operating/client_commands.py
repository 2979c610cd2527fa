"""`homeward client`: lets the machine of a partner agency sign in at the development issuer, by its public keys."""

import json
from pathlib import Path
from typing import Annotated

import typer

from services.operating.terminal import read_settings, refuse, tell


def client(
    name: Annotated[str, typer.Argument(help="Its client id, such as long-an-registry.")],
    organisation: Annotated[str, typer.Option(help="Whose it is: a name as in story.toml.")],
    role: Annotated[str, typer.Option(help="In which role it asks, such as SENDING_AUTHORITY.")],
    keys: Annotated[Path, typer.Option(help="A file with its public keys, as a JWK set.")],
    purpose: Annotated[str, typer.Option(help="For which purpose it asks.")] = "PROTECTION",
) -> None:
    """Let a partner agency's machine sign in with its own keys, in one role for one purpose, also while this runs."""
    from services.issuing.clients import Client
    from services.issuing.kept import kept_issuer

    settings = read_settings()
    if settings.issuer:
        refuse("HOMEWARD_ISSUER names who signs machines in; the development issuer is not there.")
    said = {"key": name, "organisation": organisation, "role": role, "purpose": purpose}
    try:
        found = Client.of({**said, "keys": json.loads(keys.read_text("utf-8"))})
    except (OSError, ValueError, KeyError) as error:
        refuse(
            f"This is no client ({type(error).__name__}): it needs a role and a purpose that exist, and public keys."
        )
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept_issuer(settings.data_dir, {}, "", found)
    tell(f"{name} may sign in{' with proofs of its key (DPoP) alone' if found.bound else ''}.")
