"""Which tests are counted: those that reach the rules, and none on PostgreSQL."""

import coverage
import pytest

from tests.support.counted import is_counted
from tests.support.parts import no_greenlets


@pytest.mark.parametrize(
    ("path", "name", "fixtures", "counted"),
    [
        ("unit/grants/test_money.py", "test_a", (), True),
        ("service/shared/test_rotation.py", "test_a[sqlite]", ("world",), True),
        ("service/shared/test_rotation.py", "test_a[postgresql]", ("world",), False),
        ("service/shared/test_locked_stores.py", "test_a", ("postgres_server",), False),
        ("service/postgres/test_turns.py", "test_a", (), False),
        ("service/trust/test_openapi.py", "test_a", (), False),
        ("faults/test_adopted.py", "test_a[embedded]", (), False),
    ],
)
def test_only_what_needs_it_is_counted(path: str, name: str, fixtures: tuple[str, ...], counted: bool) -> None:
    assert is_counted(path, name, fixtures) is counted


def test_whoever_asks_for_postgres_while_branches_are_counted_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage.Coverage, "current", lambda: coverage)
    with pytest.raises(pytest.fail.Exception, match="-m counted"):
        no_greenlets()
    monkeypatch.setattr(coverage.Coverage, "current", lambda: None)
    no_greenlets()
