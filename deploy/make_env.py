"""`make secrets`: writes .env from deploy/env.example, with a value drawn for each that is empty there.

An existing .env is left alone, because a database remembers the password it was made with.
"""

import os
import secrets
import sys
from pathlib import Path

EXAMPLE = Path(__file__).with_name("env.example")


def filled(example: str) -> str:
    """The example with every empty value drawn. Hexadecimal, so that a value may stand in an address."""
    lines = [line + secrets.token_hex(24) if line.endswith("=") else line for line in example.splitlines()]
    return "\n".join(lines) + "\n"


def write(path: Path) -> bool:
    """Write it, readable by its owner only; False when it was there."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(opened, "w", encoding="utf-8") as file:
        file.write(filled(EXAMPLE.read_text("utf-8")))
    return True


if __name__ == "__main__":
    new = write(Path(".env"))
    sys.stdout.write("Wrote .env with new secrets.\n" if new else ".env is there already and stays as it is.\n")
