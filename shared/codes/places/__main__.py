"""Checks a gazetteer before it is used: `python -m shared.codes.places FILE.csv`.

It reports every fault with line and column, or else what the file holds.
"""

import sys
from collections import Counter
from pathlib import Path

from shared.codes.places.reading import Unreadable, read_file


def check(path: Path) -> int:
    """0 if the file can be used; its areas by country and length of code, or its faults."""
    try:
        areas = read_file(path)
    except (Unreadable, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for (country, digits), count in sorted(Counter((area.country, len(area.code)) for area in areas).items()):
        sys.stdout.write(f"{country} codes of {digits} digits: {count}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(
        check(Path(sys.argv[1])) if len(sys.argv) == 2 else "usage: python -m shared.codes.places FILE.csv"
    )
