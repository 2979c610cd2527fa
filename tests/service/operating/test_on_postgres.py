"""The same commands where the stores are PostgreSQL databases: there is no door, each command opens them itself."""

from pathlib import Path

from services import SERVICES
from tests.support.operated import operated


def test_stores_are_brought_up_looked_at_and_compared(tmp_path: Path, postgres_url: str) -> None:
    desk = operated(tmp_path / "data")
    desk.folder.mkdir(mode=0o700)
    given = {"HOMEWARD_DATABASE_URL": postgres_url, "HOMEWARD_DATABASE_POOL": "2"}
    early = desk.homeward("bus", "lag", **given)
    assert early.status == 2
    assert "run `homeward migrate` first" in early.err
    made = desk.homeward("migrate", "--json", **given)
    assert set(made.answer) == set(SERVICES)
    assert {point["ok"] for point in desk.homeward("check", "--json", **given).answer["checks"]} == {True}
    assert desk.homeward("bus", "verify", "--deep", **given).out.endswith("Exact.\n")
    assert desk.homeward("bus", "rebuild", **given).status == 0


def test_a_server_that_is_away_is_said(tmp_path: Path) -> None:
    desk = operated(tmp_path / "data")
    given = {
        "HOMEWARD_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/{service}",
        "HOMEWARD_KAFKA_BROKERS": "127.0.0.1:1",
    }
    ended = desk.homeward("bus", "verify", **given)
    assert (ended.status, ended.err) == (2, "The store of intake cannot be reached.\n")
    assert desk.homeward("migrate", **given).status == 2
    assert desk.homeward("check", "--json", **given).status == 1
