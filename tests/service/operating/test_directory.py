"""`homeward directory begin`: once, by an operator, in an empty directory or in one of before there were stewards."""

import tomllib
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from services.issuing.people import STEWARDS, practice_directory
from shared.auth import Role
from shared.ids import pseudonym
from story.directory import CONFIRMS, PROPOSES
from tests.support.answered import ok
from tests.support.operated import ROOT, Operated, operated

FILE = ROOT / "examples" / "directory.toml"
AGAIN = "The directory was begun already, and its stewards appoint others.\n"
ELSEWHERE = {"HOMEWARD_ISSUER": "http://127.0.0.1:1/issuer"}
"""Somebody else signs people in, so nobody invented is there."""


def begin(desk: Operated, *words: str, **environment: str) -> tuple[int, str, str]:
    ended = desk.homeward("directory", "begin", *words, **environment)
    return ended.status, ended.out, ended.err


def test_it_begins_once_and_says_so_in_one_sentence(desk: Operated) -> None:
    assert begin(desk, str(FILE)) == (0, "The directory has begun, with two stewards and 3 facts.\n", "")
    for words in ((), ("--upgrade",), ("--json",)):
        assert begin(desk, str(FILE), *words) == (2, "", AGAIN)
    kept = desk.sql("referrals", "select status, name, called from steward")
    assert {(status, name) for status, name, _ in kept} == {("active", "-")}
    names = [one["name"].encode() for one in practice_directory()["stewards"]]
    assert len(kept) == len(names)
    assert all(called and not any(name in called for name in names) for _, _, called in kept), "sealed"
    assert desk.sql("referrals", "select type from journal order by id") == [
        (f"referrals.{fact}.v1",) for fact in ("organisation.registered", "steward.appointed", "steward.appointed")
    ]


def test_who_began_it_is_in_the_audit(desk: Operated) -> None:
    begin(desk, str(FILE))
    audited = desk.sql("referrals", "select action, role, decision, staff_ref from audit order by id")
    assert [row[:3] for row in audited] == [
        ("operating.begin_directory", "OPERATOR", "begun"),
        ("referrals.steward.begin", "SYSTEM", "done"),
    ]
    assert len({row[3] for row in audited}) == 1
    assert desk.sql("intake", "select count(*) from audit where action = 'operating.begin_directory'") == [(0,)]


def test_a_product_at_work_begins_it_through_the_door(desk: Operated) -> None:
    with desk.running(**ELSEWHERE):
        assert begin(desk, str(FILE), **ELSEWHERE)[0] == 0
        assert begin(desk, str(FILE), **ELSEWHERE) == (2, "", AGAIN)
        assert desk.homeward("bus", "verify", "--json", **ELSEWHERE).answer["exact"]


def test_where_invented_people_sign_in_it_has_begun(desk: Operated) -> None:
    """The two have names for `homeward token --as`, and look after the directory from the first start on."""
    with desk.running() as address:
        assert begin(desk, str(FILE)) == (2, "", AGAIN)
        for one in STEWARDS:
            token = desk.homeward("token", "--as", one.key).out.strip().splitlines()[-1]
            headers = {"Authorization": f"Bearer {token}"}
            found = ok(httpx.get(f"{address}/referrals/v1/stewards", headers=headers, timeout=30))
            assert {row["staff_ref"] for row in found["items"]} == {pseudonym("staff", each.key) for each in STEWARDS}
    with desk.running():
        assert desk.sql("referrals", "select count(*) from steward") == [(2,)]
    asked = desk.sql("referrals", "select count(*) from audit where action = 'referrals.steward.begin'")
    assert asked == [(2,)], "a second start asks for nothing: one was done, and one was refused"


def test_organisations_of_before_are_kept_where_it_is_said_to_be_an_upgrade(desk: Operated) -> None:
    desk.sql(
        "referrals",
        "insert into organisation (ref, version, recorded_at, updated_at, status, kind, name, country, services)"
        " values (?, 1, '2026-11-04', '2026-11-04', 'active', 'POLICE', 'A station', 'KH', '[]')",
        "a" * 32,
    )
    status, out, err = begin(desk, str(FILE))
    assert (status, out) == (2, "")
    assert "upgrade (--upgrade)" in err
    assert begin(desk, str(FILE), "--upgrade")[0] == 0
    assert desk.sql("referrals", "select kind, status from organisation where ref = ?", "a" * 32) == [
        ("POLICE", "active")
    ]


def test_refs_may_be_written_as_a_provider_shows_them(desk: Operated, tmp_path: Path) -> None:
    text = FILE.read_text("utf-8")
    for one in practice_directory()["stewards"]:
        text = text.replace(one["ref"], str(UUID(one["ref"])))
    (tmp_path / "own.toml").write_text(text, "utf-8")
    assert begin(desk, str(tmp_path / "own.toml"))[0] == 0
    refs = {ref for (ref,) in desk.sql("referrals", "select ref from steward")}
    assert refs == {one["ref"] for one in practice_directory()["stewards"]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("organisation = [", "cannot be read as TOML"),
        ("", "look at organisation"),
        ('[organisation]\nref = "a"\n', "look at organisation.ref"),
    ],
)
def test_a_file_that_says_something_else_begins_nothing(desk: Operated, tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "own.toml").write_text(text, "utf-8")
    status, _, err = begin(desk, str(tmp_path / "own.toml"))
    assert status == 2
    assert says in err
    assert desk.sql("referrals", "select count(*) from steward") == [(0,)]


def test_one_person_is_not_two_stewards(desk: Operated, tmp_path: Path) -> None:
    first, second = (one["ref"] for one in practice_directory()["stewards"])
    (tmp_path / "own.toml").write_text(FILE.read_text("utf-8").replace(second, first), "utf-8")
    status, _, err = begin(desk, str(tmp_path / "own.toml"))
    assert (status, "Nobody is one twice" in err) == (2, True)
    assert desk.sql("referrals", "select count(*) from organisation") == [(0,)]


def test_it_begins_on_postgres(tmp_path: Path, postgres_url: str) -> None:
    desk = operated(tmp_path / "data")
    desk.folder.mkdir(mode=0o700)
    given = {"HOMEWARD_DATABASE_URL": postgres_url, "HOMEWARD_DATABASE_POOL": "2"}
    assert desk.homeward("migrate", **given).status == 0
    assert begin(desk, str(FILE), **given)[0] == 0
    assert begin(desk, str(FILE), **given) == (2, "", AGAIN)


def test_the_file_of_the_examples_the_issuer_and_the_story_mean_the_same_two() -> None:
    assert tomllib.loads(FILE.read_text("utf-8")) == practice_directory()
    assert [one.key for one in STEWARDS] == [PROPOSES.key, CONFIRMS.key]
    for one, told in zip(STEWARDS, (PROPOSES, CONFIRMS), strict=True):
        assert (one.organisation, one.role, one.purpose) == (told.organisation, told.role, told.purpose)
        assert one.role is Role.DIRECTORY_STEWARD
