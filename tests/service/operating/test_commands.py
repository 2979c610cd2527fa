"""The operators' commands as an operator types them: what they say, to people and to machines, and how they end."""

from pathlib import Path

import pytest

from services import SERVICES
from tests.support.operated import HANDOVERS, Operated, operated

POISON = b'{"nobody": "knows this"}'


def parked(desk: Operated, *subjects: str) -> dict[str, bytes]:
    """Let grants have parked these facts of intake; what they said, to be put back."""
    said = {}
    for subject in subjects:
        [[data]] = desk.sql("intake", "select data from journal where subject = ?", subject)
        said[subject] = data.encode()
        key = {"ce_specversion": "1.0", "ce_source": "/intake", "ce_subject": subject, "ce_sequence": "1"}
        headers = "{" + ",".join(f'"{name}":"{value}"' for name, value in key.items()) + "}"
        desk.sql(
            "grants",
            "update heard set status = 'parked', why = 'bad_body', raw = ?, headers = ? where subject = ?",
            POISON,
            headers,
            subject,
        )
        desk.sql("grants", "delete from facet where subject = ? and source = 'intake'", subject)
    return said


def test_an_exact_product_is_exact(desk: Operated) -> None:
    ended = desk.process("bus", "verify", "--deep")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.endswith("Exact.\n")
    assert "in the view" in ended.out
    assert "\x1b" not in ended.out
    assert max(map(len, ended.out.splitlines())) < 200


def test_what_is_not_exact_is_named_and_ends_with_one(desk: Operated) -> None:
    desk.sql("grants", "delete from heard where subject = ?", HANDOVERS[1])
    ended = desk.process("bus", "verify", "--patience", "0", "--json")
    assert ended.status == 1
    assert not ended.answer["exact"]
    [lost] = [found for found in ended.answer["findings"] if found["kind"] == "lost"]
    assert (lost["teller"], lost["hearer"], lost["subject"], lost["version"]) == ("intake", "grants", HANDOVERS[1], 1)
    told = desk.homeward("bus", "verify", "--patience", "0")
    assert told.status == 1
    assert told.out.endswith("NOT EXACT.\n")
    assert f"lost: {HANDOVERS[1]} 1, told by intake, in the view of grants" in told.out


def test_lag_says_how_far_everybody_is(desk: Operated) -> None:
    ended = desk.homeward("bus", "lag", "--json")
    assert ended.status == 0
    assert ended.answer["told"]["intake"] == len(HANDOVERS)
    assert set(ended.answer["services"]) == set(SERVICES)
    grants = ended.answer["services"]["grants"]
    assert (grants["pending"]["count"], grants["unheard"], grants["held"]["count"]) == (0, 0, 0)
    assert grants["heard"]["intake"] == len(HANDOVERS)

    desk.sql("grants", "delete from facet where subject = ?", HANDOVERS[0])
    told = desk.homeward("bus", "lag", "--service", "grants")
    assert "intake 1" in told.out
    assert "screening" not in told.out


def test_what_waits_is_shown_without_a_word_of_it_and_tried_again(desk: Operated) -> None:
    assert desk.homeward("bus", "parked").out == "Nothing waits.\n"
    parked(desk, HANDOVERS[0])
    shown = desk.homeward("bus", "parked")
    assert HANDOVERS[0] in shown.out
    assert "bad_body" in shown.out
    assert "nobody" not in shown.out
    [row] = desk.homeward("bus", "parked", "--json").answer["streams"]
    assert (row["service"], row["source"], row["version"], row["why"]) == ("grants", "intake", 1, "bad_body")
    again = desk.homeward("bus", "redrive")
    assert again.status == 1
    assert "still waiting" in again.out


def test_what_can_never_be_applied_is_dismissed_with_a_reason(desk: Operated) -> None:
    parked(desk, HANDOVERS[0])
    where = ("bus", "dismiss", HANDOVERS[0], "--source", "intake")
    assert desk.homeward(*where).status == 2
    assert desk.homeward(*where, "--reason", "because of Sok Dara").status == 2
    assert desk.homeward(*where, "--reason", "DAMAGED", "--version", "2").status == 1
    done = desk.homeward(*where, "--reason", "DAMAGED", "--json")
    assert (done.status, done.answer) == (0, {service: service == "grants" for service in SERVICES})
    assert desk.homeward("bus", "parked").out == "Nothing waits.\n"
    told = desk.homeward("bus", "verify", "--deep", "--patience", "0")
    assert told.status == 0
    assert f"dismissed: {HANDOVERS[0]} 1, told by intake, in the view of grants" in told.out
    [row] = desk.homeward("bus", "set-aside", "--json").answer["rows"]
    assert (row["service"], row["subject"], row["version"], row["reason"]) == ("grants", HANDOVERS[0], 1, "DAMAGED")
    assert "bad_body" in desk.homeward("bus", "set-aside").out
    audited = "select count(*) from audit where action = 'operating.dismiss'"
    assert desk.sql("grants", audited) == [(2,)]


def test_a_range_is_skipped_where_a_service_stands_in_it(desk: Operated) -> None:
    [[partition, stood]] = desk.sql("grants", "select partition, next from bus_offset where next > 0 limit 1")
    skip = ("bus", "skip", "--service", "grants", "--reason", "TEST", "--partition", str(partition), "--from")
    beyond = desk.homeward(*skip, str(stood), "--to", str(stood))
    assert (beyond.status, "it ends before" in beyond.err) == (2, True)
    assert desk.homeward(*skip, str(stood - 1), "--to", str(stood - 1)).status == 1
    desk.sql("grants", "update bus_offset set next = ? where partition = ?", stood - 1, partition)
    moved = desk.homeward(*skip, str(stood - 1), "--to", str(stood - 1))
    assert (moved.status, f"goes on at {stood}" in moved.out) == (0, True)
    assert desk.sql("grants", "select next from bus_offset where partition = ?", partition) == [(stood,)]


def test_a_lost_view_is_fed_and_made_again(desk: Operated) -> None:
    desk.sql("grants", "update facet set data = '{\"nobody\":1}'")
    made = desk.homeward("bus", "rebuild", "--service", "grants", "--json")
    assert (made.status, set(made.answer)) == (0, {"grants"})
    assert made.answer["grants"] == {"subjects": len(HANDOVERS), "changed": len(HANDOVERS), "failed": []}
    assert "came out otherwise" in desk.homeward("bus", "rebuild").out

    fed = desk.homeward("bus", "refeed", HANDOVERS[0], "--service", "intake", "--json")
    assert fed.answer == {"intake": {"published": 1, "reached": 1}}
    all_of_it = desk.homeward("bus", "refeed", "--since", "2026-01-01")
    assert "journal of" in all_of_it.out
    assert desk.homeward("bus", "lag", "--json").answer["services"]["grants"]["unheard"] == 1 + len(HANDOVERS)


def test_a_killed_redrive_keeps_what_was_done_and_is_finished_by_the_next(desk: Operated) -> None:
    parked(desk, *HANDOVERS)
    published = desk.homeward("bus", "refeed", "--service", "intake", "--json")
    assert published.answer["intake"]["published"] == len(HANDOVERS)
    log = "select headers, value from log where key = ? order by off desc limit 1"
    for subject in HANDOVERS:
        [[headers, value]] = desk.sql("bus", log, subject)
        mended = "update heard set headers = ?, raw = ? where subject = ? and source = 'intake'"
        desk.sql("grants", mended, headers, value, subject)

    killed = desk.process("bus", "redrive", HOMEWARD_TEST_FAILPOINT="redrive.before_commit:2:kill")
    assert killed.status == -9
    assert len(desk.homeward("bus", "parked", "--json").answer["streams"]) == len(HANDOVERS) - 1
    rest = desk.homeward("bus", "redrive", "--json")
    assert (rest.status, rest.answer["grants"]) == (0, {"subjects": 2, "applied": 2, "waiting": 0})
    assert desk.homeward("bus", "verify", "--deep", "--patience", "0").status == 0


def test_what_is_asked_in_error_ends_with_two(desk: Operated) -> None:
    for words, said in (
        (("bus", "lag", "--service", "nursery"), "There is no service nursery"),
        (("bus", "refeed", "--after", "3"), "exactly one --service"),
    ):
        ended = desk.homeward(*words)
        assert (ended.status, ended.out) == (2, "")
        assert said in ended.err


def test_where_nothing_is_yet_there_is_nothing_to_look_after(tmp_path: Path) -> None:
    desk = operated(tmp_path / "nothing")
    ended = desk.homeward("bus", "verify")
    assert ended.status == 2
    assert "There is no data" in ended.err
    assert not desk.folder.exists()
    checked = desk.homeward("check", "--json")
    assert checked.status == 0
    assert [point["ok"] for point in checked.answer["checks"]] == [None, None, None]


@pytest.mark.parametrize(
    ("brokers", "security", "ok"),
    [
        ("kafka.invalid:9092", "PLAINTEXT", False),
        ("kafka.invalid:9092", "SSL", True),
        ("127.0.0.1:1", "PLAINTEXT", True),
    ],
)
def test_check_names_a_connection_that_leaves_the_machine_in_clear(
    tmp_path: Path, brokers: str, security: str, ok: bool
) -> None:
    desk = Operated(tmp_path / "none", 0)
    given = {"HOMEWARD_KAFKA_BROKERS": brokers, "HOMEWARD_KAFKA_SECURITY": security}
    checks = desk.homeward("check", "--json", **given).answer["checks"]
    assert [point["ok"] for point in checks if point["what"] == "connections"] == [ok]


def test_access_lists_are_for_brokers_only(desk: Operated) -> None:
    ended = desk.homeward("bus", "access")
    assert ended.status == 2
    assert "HOMEWARD_KAFKA_BROKERS" in ended.err
    ended = desk.homeward("bus", "access", HOMEWARD_KAFKA_BROKERS="127.0.0.1:1")
    assert ended.status == 2
    assert "did not carry it out" in ended.err


def test_migrate_brings_up_what_check_then_finds_well(tmp_path: Path) -> None:
    desk = operated(tmp_path / "new")
    made = desk.homeward("migrate", "--json")
    assert made.status == 0
    assert set(made.answer) == set(SERVICES)
    assert all(row["was"] is None and row["is"] for row in made.answer.values())
    assert "store of" in desk.homeward("migrate").out
    checked = desk.homeward("check")
    assert checked.status == 0
    assert "store of grants" in checked.out
    assert "HOMEWARD_DATA_DIR" in checked.out


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_check_finds_a_key_that_others_may_read(desk: Operated, mode: int) -> None:
    (desk.folder / "master.key").chmod(mode)
    checked = desk.homeward("check", "--json")
    assert checked.status == 1
    [bad] = [point for point in checked.answer["checks"] if point["ok"] is False]
    assert (bad["what"], "chmod 600" in bad["says"]) == ("key file", True)


def test_a_store_of_another_revision_is_refused(desk: Operated) -> None:
    desk.sql("referrals", "update alembic_version set version_num = '9999'")
    ended = desk.homeward("bus", "verify")
    assert ended.status == 2
    assert "referrals" in ended.err
    assert desk.homeward("check", "--json").status == 1


def test_why_tells_what_came_of_a_request_without_saying_who_or_what(desk: Operated) -> None:
    [[number, staff]] = desk.sql(
        "intake", "select request_id, staff_ref from audit where subjects like ?", f"%{HANDOVERS[0]}%"
    )
    told = desk.homeward("why", number)
    assert told.status == 0
    fact = f"intake.handover.announced.v1 as {HANDOVERS[0]} 1"
    assert "asked for intake.handover.announce, and it was done.\n" in told.out
    assert f"intake recorded {fact}, published.\n" in told.out
    for service in SERVICES[1:]:
        assert f"{service} heard of {fact} from intake: applied.\n" in told.out
    desk.sql("intake", "insert into pending (journal_id) select id from journal where subject = ?", HANDOVERS[0])
    desk.sql("intake", "update audit set decision = 'stale' where request_id = ?", number)
    [[event_id]] = desk.sql("intake", "select event_id from journal where subject = ?", HANDOVERS[0])
    of_it = (HANDOVERS[0], event_id)
    desk.sql("grants", "insert into todo (subject, cause, reaction, attempts) values (?, ?, 'look', 3)", *of_it)
    desk.sql(
        "grants",
        "insert into attention (subject, cause, reaction, code, at) values (?, ?, 'tell', 'late', '2026')",
        *of_it,
    )
    told = desk.homeward("why", number)
    assert "and it was refused with stale (Somebody changed this after you read it." in told.out
    assert f"{fact}, not yet published.\n" in told.out
    assert "grants has still to do: look, tried 3 times." in told.out
    assert "grants left to people: tell, late." in told.out
    assert staff not in told.out
    assert "Nguyễn" not in told.out


def test_why_of_a_number_that_no_store_knows_points_to_the_log(desk: Operated) -> None:
    told = desk.homeward("why", "0" * 32)
    assert told.status == 1
    assert f'Look in the log for "request_id": "{"0" * 32}".' in told.out
    assert desk.homeward("why", "0" * 32, "--json").answer["intake"]["asked"] == []


def test_a_store_that_went_back_is_told_by_check_and_goes_on_when_it_is_adopted(desk: Operated) -> None:
    for name, source in (("intake", "intake"), ("grants", "intake")):
        columns = "source, generation, subject, version, event_id, raw, headers, heard_at"
        values = (source, "", HANDOVERS[0], 2, "e", b"{}", "{}", "2026-11-04 00:00:00")
        desk.sql(name, f"insert into conflict ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)", *values)
    checked = desk.homeward("check", "--json")
    assert checked.status == 1
    [bad] = [point for point in checked.answer["checks"] if point["ok"] is False]
    assert bad["what"] == "past of intake"
    assert "intake knows of 1, grants knows of 1" in bad["says"]
    assert desk.homeward("adopt", "intake", "--json").answer["intake"].startswith("1.")
    assert desk.homeward("check").status == 0
    assert desk.homeward("lost").out == "Nothing was lost.\n"
    assert "2." in desk.homeward("adopt", "intake").out
    assert desk.homeward("adopt", "nowhere").status == 2


def test_what_an_adopted_store_lost_is_listed_until_people_have_looked(desk: Operated) -> None:
    """Intake was put back from a copy without one hand-over, which all the others had heard of."""
    desk.sql("intake", "delete from journal where subject = ?", HANDOVERS[0])
    desk.sql("intake", "delete from stream where subject = ?", HANDOVERS[0])
    assert desk.homeward("adopt", "intake").status == 0
    listed = desk.homeward("lost", "--json").answer["facts"]
    lost = {"service": "intake", "source": "intake", "subject": HANDOVERS[0], "version": 1}
    assert [{**row, "day": ""} for row in listed] == [
        {**lost, "type": "intake.handover.announced.v1", "day": "", "status": "open", "reason": None}
    ]
    told = desk.homeward("lost", "--service", "intake").out
    assert "intake.handover.announced.v1" in told
    assert desk.homeward("lost", "--service", "grants").out == "Nothing was lost.\n"
    checked = desk.homeward("check", "--json")
    assert checked.status == 0
    [point] = [point for point in checked.answer["checks"] if point["what"] == "facts lost to intake"]
    assert "1 stream(s) wait for people: `homeward lost`" in point["says"]
