"""`make secrets`: writes .env from deploy/env.example, with a value drawn for each that is empty there.

What an existing .env says stays as it is, because a database remembers the password it was made with. Variables that it
lacks, since a newer version brought them, are added to it.
"""

import os
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

EXAMPLE = Path(__file__).with_name("env.example")


def filled(lines: Iterable[str]) -> str:
    """These lines with every empty password drawn. Hexadecimal, so that a value may stand in an address."""
    return "".join(line + (secrets.token_hex(24) if line.endswith("_PASSWORD=") else "") + "\n" for line in lines)


def write(path: Path) -> bool:
    """Write it, readable by its owner only, or add what it lacks; False when it lacked nothing."""
    wanted = EXAMPLE.read_text("utf-8").splitlines()
    if path.exists():
        there = {line.partition("=")[0] for line in path.read_text("utf-8").splitlines()}
        wanted = [line for line in wanted if "=" in line and line.partition("=")[0] not in there]
    if wanted:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w", encoding="utf-8") as file:
            file.write(filled(wanted))
    return bool(wanted)


if __name__ == "__main__":
    new = write(Path(".env"))
    sys.stdout.write("Wrote new secrets into .env.\n" if new else ".env is there already and stays as it is.\n")
