"""The same commands while the product runs: one process writes its files, and it does the work for whoever may ask."""

import json
import stat
from pathlib import Path

import httpx
import pytest

from services.operating.door import KEY, WHO
from shared.ids import pseudonym
from shared.storage.folder import NAME, Hold, Taken, refuse_taken
from tests.support.operated import HANDOVERS, Operated

OPERATOR = pseudonym("staff", "root")


def test_commands_go_through_the_door(desk: Operated) -> None:
    desk.sql("grants", "update facet set data = '{\"nobody\":1}'")
    with desk.running():
        verified = desk.homeward("bus", "verify", "--deep", "--json")
        assert verified.status == 1
        assert {found["kind"] for found in verified.answer["findings"]} == {"facet"}
        assert desk.homeward("bus", "rebuild", "--json").answer["grants"]["changed"] > 0
        assert desk.homeward("bus", "refeed", "--json").status == 0
        assert desk.homeward("bus", "verify", "--deep").out.endswith("Exact.\n")
        checked = desk.homeward("check", "--json")
        assert (checked.status, {point["ok"] for point in checked.answer["checks"]}) == (0, {True})
    done = desk.sql("grants", "select action, role, decision from audit where action like 'operating%' order by id")
    assert [action for action, *_ in done] == [
        "operating.verify",
        "operating.rebuild",
        "operating.refeed",
        "operating.verify",
    ]
    assert {(role, decision) for _, role, decision in done} == {("OPERATOR", "begun")}


def test_one_process_writes_a_folder(desk: Operated) -> None:
    with desk.running():
        for words in (("run",), ("demo", "--exit"), ("demo", "--exit", "--fresh"), ("migrate",)):
            ended = desk.homeward(*words, HOMEWARD_PORT="0")
            assert ended.status == 2, words
            assert "Process" in ended.out + ended.err
        assert desk.folder.exists()


def test_the_door_opens_to_operators_of_this_folder_alone(desk: Operated) -> None:
    with desk.running() as address:
        lock = desk.folder / NAME
        assert stat.S_IMODE(lock.stat().st_mode) == 0o600
        key = json.loads(lock.read_text())["key"]
        good = {KEY: key, WHO: OPERATOR}
        assert _knock(address, "lag", good) == 200
        for name, headers in (
            ("lag", {}),
            ("lag", {WHO: OPERATOR}),
            ("lag", {KEY: key}),
            ("lag", {**good, KEY: "another"}),
            ("lag", {**good, WHO: "srey"}),
            ("sweep", good),
            ("", good),
        ):
            assert _knock(address, name, headers) == 404, (name, headers)
        with httpx.Client(base_url=address, timeout=60) as client:
            assert client.get("/operating/lag", headers=good).status_code == 404
            assert client.post("/operating/lag", headers=good, content="{nonsense").status_code == 422
            for service in ("intake", "grants"):
                assert "/operating/" not in client.get(f"/{service}/openapi.json").text


def _knock(address: str, name: str, headers: dict[str, str]) -> int:
    return httpx.post(f"{address}/operating/{name}", headers=headers, content="{}", timeout=60).status_code


def test_a_product_that_was_killed_leaves_the_folder_free(desk: Operated) -> None:
    with desk.running(), pytest.raises(Taken, match="is at work in"):
        refuse_taken(desk.folder)
    assert (desk.folder / NAME).exists()
    assert desk.homeward("bus", "verify", "--json").answer["exact"]
    assert HANDOVERS


def test_a_command_at_home_holds_the_folder(tmp_path: Path) -> None:
    with Hold(tmp_path):
        with pytest.raises(Taken) as taken:
            Hold(tmp_path)
        assert "door" not in taken.value.holder
    refuse_taken(tmp_path)
