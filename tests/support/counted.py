"""Which tests are counted branch by branch, when counting is on: `-m counted`.

Counting doubles what a test takes. Those that stand here reach every branch of every rule and nine in ten of the rest,
which is all that is asked of counting. SQLAlchemy needs greenlets on PostgreSQL, and only there: to tell them apart
would make every counted test half as long again, and without that what runs in one is counted in the wrong place.
"""

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
COUNTED = ("contract", "journeys", "service", "unit")
OTHERS = ("journeys/test_four_views.py", "journeys/test_mutations.py", "service/trust")
"""What takes long and reaches nothing that the others do not."""
POSTGRES = "postgres"


def is_counted(path: str, name: str, fixtures: tuple[str, ...]) -> bool:
    """Whether the test of this name in this file (below tests/), with these fixtures, is counted."""
    on_postgres = POSTGRES in f"{path} {name}" or any(POSTGRES in fixture for fixture in fixtures)
    return path.startswith(COUNTED) and not path.startswith(OTHERS) and not on_postgres


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them, before anything is chosen by its marks."""
    for item in items:
        path = item.path.relative_to(TESTS).as_posix() if item.path.is_relative_to(TESTS) else ""
        if is_counted(path, item.name, tuple(getattr(item, "fixturenames", ()))):
            item.add_marker("counted")
