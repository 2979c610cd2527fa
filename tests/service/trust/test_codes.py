"""Lists a front end can use: an index of them, labels for every code and enum, and none of it sent again in vain."""

from copy import deepcopy
from typing import Any

import httpx
import pytest

from shared.auth import Role
from shared.codes import lists_of
from shared.codes.lists import with_registered
from shared.testing import Harness, caller
from shared.web.names import rename
from tests.conftest import SERVICES, Start

WHO = caller("sok", Role.SUPERVISOR)
TITLE = ("name", "km", "vi", "en")
FORM = "/screening/v1/forms/2026.1"


async def test_every_list_stands_in_the_index_and_is_read_where_it_says(world: Harness) -> None:
    for service in SERVICES:
        own = lists_of(f"services.{service}")
        index = (await world.get(f"/{service}/v1/codes", WHO)).json()["lists"]
        assert [entry["name"] for entry in index] == sorted(with_registered(own))
        for entry in index:
            if service == SERVICES[0] or entry["name"] in (*own, "void_reason"):
                found = (await world.get(entry["href"], WHO)).json()
                assert [found[part] for part in TITLE] == [entry[part] for part in TITLE]
                assert len(found["codes"]) == entry["count"] > 0
                assert all(code["km"] and code["vi"] and code["en"] for code in found["codes"])


@pytest.mark.parametrize("status", [{"enum": ["open", "asleep"], "x-code-list": "case_status"}, {"enum": ["open"]}])
def test_a_document_with_a_choice_that_has_no_labels_is_not_written(status: dict[str, Any]) -> None:
    lists = with_registered(lists_of("services.intake"))
    right = {"enum": ["open"], "x-code-list": "case_status"}
    rename({"paths": {}, "components": {"schemas": {"CaseStatus": right}}}, lists)
    with pytest.raises(ValueError, match="CaseStatus has members without labels"):
        rename({"paths": {}, "components": {"schemas": {"CaseStatus": deepcopy(status)}}}, lists)


async def test_what_somebody_has_already_is_not_sent_again(world: Harness) -> None:
    paths = [f"/{service}/v1/codes{name}" for service in SERVICES for name in ("", "/void_reason")]
    world.app.apps["intake"].openapi = lambda: {"openapi": "3.1.0"}
    for path in [*paths, "/intake/v1/codes/case_status", FORM, "/intake/openapi.json"]:
        first = await _get(world, path)
        etag = first.headers["ETag"]
        assert (first.status_code, first.headers["Cache-Control"]) == (200, "private, no-cache"), path
        for held in ([etag], [f"W/{etag}"], [f'"other", {etag}'], ["*"], ['"other"', f'W/"more" , W/{etag}']):
            again = await _get(world, path, *held)
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag), held
            assert again.headers.get_list("Cache-Control") == ["private, no-cache"]
            assert "content-length" not in again.headers and "content-type" not in again.headers
        for held in ([], ['"other"'], [etag.strip('"')], [etag.replace('"', '"x', 1)], ["garbage, *"], [""]):
            again = await _get(world, path, *held)
            assert (again.status_code, again.content) == (200, first.content), held
    assert len({(await _get(world, path)).headers["ETag"] for path in paths}) > len(SERVICES)


async def test_head_answers_as_get_would(start: Start) -> None:
    world = await start("intake")
    path = "/intake/v1/codes/case_status"
    whole = await _get(world, path, method="HEAD")
    held = await _get(world, path, whole.headers["ETag"], method="HEAD")
    assert (whole.status_code, whole.content, held.status_code, held.content) == (200, b"", 304, b"")


async def test_who_may_not_read_is_not_told_that_it_is_unchanged(start: Start) -> None:
    world = await start("screening")
    for path, who in ((FORM, caller("money", Role.DISBURSER)), ("/screening/v1/codes/none_such", WHO)):
        answer = await _get(world, path, "*", who=who)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


async def test_a_look_that_changes_nothing_is_audited_too(start: Start) -> None:
    world = await start("intake")
    assert (await _get(world, "/intake/v1/codes", "*")).status_code == 304
    (entry,) = await world.rows("intake", "audit")
    assert (entry["action"], entry["decision"]) == ("codes.read", "shown")


async def _get(world: Harness, path: str, *held: str, who: str = WHO, method: str = "GET") -> httpx.Response:
    headers = [("Authorization", who), *(("If-None-Match", each) for each in held)]
    async with world.client() as client:
        return await client.request(method, path, headers=headers)
