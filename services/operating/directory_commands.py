"""`homeward directory`: begins the directory of organisations, once, with the two people who look after it."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from services.operating.commands import AsJson, ordered
from services.operating.terminal import refuse, tell
from shared.ids import ref_in

directory = typer.Typer(
    no_args_is_help=True, pretty_exceptions_enable=False, help="Begin the directory of organisations."
)


@directory.callback()
def _directory() -> None:
    """Begin the directory of organisations."""


@directory.command()
def begin(
    file: Annotated[
        Path, typer.Argument(help="Names the first organisation and two stewards, such as examples/directory.toml.")
    ],
    upgrade: Annotated[
        bool, typer.Option("--upgrade", help="Organisations are there already, from before there were stewards.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the first organisation and its two directory stewards, once; refused ever after."""
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        refuse(f"{file} cannot be read as TOML ({type(error).__name__}).")
    wanted = {**_as_refs(said), "upgrade": upgrade}
    answer = ordered("begin_directory", as_json=as_json, services=["referrals"], directory=wanted)
    if not as_json:
        tell(f"The directory has begun, with two stewards and {sum(answer['facts'].values())} facts.")


def _as_refs(said: Any) -> Any:
    """Refs may be written as UUIDs, as providers show them."""
    if isinstance(said, list):
        return [_as_refs(one) for one in said]
    if isinstance(said, dict):
        return {
            name: (ref_in(one) or one) if name == "ref" and isinstance(one, str) else _as_refs(one)
            for name, one in said.items()
        }
    return said
