"""Migrations make the tables that code expects; what is known of them without Alembic is what Alembic says."""

import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, bindparam, select, text

from services import SERVICES
from shared import stores
from shared.columns import Instant
from shared.settings import Settings
from shared.storage import migrations, revisions
from shared.storage.once import sqlite_url, with_connection
from shared.storage.revisions import UnknownRevision


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_make_the_tables_of_the_models(service: str) -> None:
    assert migrations.differences(f"services.{service}") == []


@pytest.mark.parametrize("service", SERVICES)
def test_revisions_are_known_by_the_names_of_their_files(service: str) -> None:
    config = Config()
    config.set_main_option("script_location", f"services/{service}/migrations")
    scripts = ScriptDirectory.from_config(config)
    newest_first = [script.revision for script in scripts.walk_revisions()]
    assert list(revisions.known(f"services.{service}")) == newest_first[::-1]
    assert revisions.head(f"services.{service}") == scripts.get_current_head()


def test_a_store_is_brought_up_once_and_one_of_a_newer_homeward_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    for _ in range(2):
        stores.bring_up(settings, "grants")
    with pytest.MonkeyPatch.context() as older:
        older.setattr(revisions, "known", lambda _: ("0001",))
        with pytest.raises(UnknownRevision, match="newer Homeward"):
            stores.bring_up(settings, "grants")


def test_alembic_is_loaded_only_where_there_is_something_to_bring_up() -> None:
    code = "import sys, services.hosting.embedded, shared.stores; print('alembic' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.strip() == "False"


NOW = datetime(2020, 11, 4, 1, 0, tzinfo=UTC)
OLD = "INSERT INTO attention (subject, cause, reaction, code, at) VALUES ('case/1', :cause, 'greet', 'refused', :at)"
"""As a process writes it that knows nothing of refs and dismissals: it may run for a while beside newer ones."""


@pytest.mark.parametrize("form", ["sqlite", "postgres"])
def test_attention_that_an_older_process_raised_is_read_like_any_other(
    form: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    service, package = "referrals", "services.referrals"
    url = sqlite_url(tmp_path / "old.db")
    if form == "postgres":
        url = request.getfixturevalue("postgres_url").replace("{service}", service)
    [changed] = Path("services/referrals/migrations/versions").glob("*_people_read_and_dismiss_attention.py")
    before = revisions.known(package)[revisions.known(package).index(changed.name[:4]) - 1]

    def old(connection: Connection) -> None:
        migrations.bring_to(package, url, connection, before)
        connection.execute(text(OLD).bindparams(bindparam("at", type_=Instant())), {"cause": "before", "at": NOW})

    with_connection(url, old)
    migrations.upgrade(package, url)
    late = text(OLD).bindparams(bindparam("at", type_=Instant()))
    with_connection(url, lambda connection: connection.execute(late, {"cause": "beside", "at": NOW}))
    table = migrations.metadata_of(package).tables["attention"]
    rows = with_connection(url, lambda connection: connection.execute(select(table)).mappings().all())
    assert len({row["ref"] for row in rows if re.fullmatch("[0-9a-f]{32}", row["ref"])}) == 2
    assert [(row["cause"], row["status"], row["version"]) for row in rows] == [
        ("before", "open", 1),
        ("beside", "open", 1),
    ]
    assert (rows[0]["recorded_at"], rows[0]["updated_at"]) == (NOW, NOW)
    assert rows[1]["recorded_at"] > NOW


DID = (
    "INSERT INTO audit (at, staff_ref, organisation_ref, role, purpose, action, decision, subjects, classes, "
    "request_id) "
    "VALUES (:at, 'x', :whose, 'x', 'x', :action, 'done', :subjects, '[]', 'x')"
)
THINGS = (
    "INSERT INTO person (ref, version, recorded_at, updated_at, status, sex, registered_by, nationality_claimed, "
    "stateless_risk) VALUES (:person, 1, :at, :at, 'registered', 'FEMALE', 'x', 'KH', :no)",
    "INSERT INTO handover (ref, version, recorded_at, updated_at, status, organisation_ref, signed_by, country, gate, "
    "planned_day, announced, present, absent, added) "
    "VALUES (:group, 1, :at, :at, 'arrived', 'x', 'x', 'VN', 'x', '2026-11-04', 1, 0, 0, 0)",
    "INSERT INTO case_file (ref, version, recorded_at, updated_at, status, person_ref, case_number, organisation_ref, "
    "country, is_minor, opened, handover_ref, workers, implicated, detentions, external_references) "
    "VALUES (:person, 1, :at, :at, 'open', :person, 'x', 'the centre', 'VN', :no, '2026-11-04', :group, '[]', '[]', "
    "'[]', '[]')",
)


@pytest.mark.parametrize("form", ["sqlite", "postgres"])
def test_people_and_hand_overs_get_whose_they_are_from_the_audit_and_from_cases(
    form: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    package, url = "services.intake", sqlite_url(tmp_path / "old.db")
    if form == "postgres":
        url = request.getfixturevalue("postgres_url").replace("{service}", "intake")
    acts = (("intake.person.register", "person/a", "an office"), ("intake.handover.arrive", "handover/g", "the gate"))

    def old(connection: Connection) -> None:
        migrations.bring_to(package, url, connection, "0009")
        for person in "ab":
            for statement in THINGS if person == "b" else THINGS[:1]:
                told = {"person": person, "group": "g", "no": False, "at": NOW}
                wanted = {name: value for name, value in told.items() if f":{name}" in statement}
                connection.execute(text(statement).bindparams(bindparam("at", type_=Instant())), wanted)
        for action, subject, whose in acts:
            said = {"at": NOW, "action": action, "subjects": f'["{subject}"]', "whose": whose}
            connection.execute(text(DID).bindparams(bindparam("at", type_=Instant())), said)

    with_connection(url, old)
    migrations.upgrade(package, url)
    tables = migrations.metadata_of(package).tables

    def now(connection: Connection) -> tuple[dict[str, str], tuple[str, str]]:
        person, group = tables["person"].c, tables["handover"].c
        people = connection.execute(select(person.ref, person.organisation_ref)).all()
        [named] = connection.execute(select(group.receiver_ref, group.host_ref)).all()
        return {row.ref: row.organisation_ref for row in people}, (named[0], named[1])

    assert with_connection(url, now) == ({"a": "an office", "b": "the centre"}, ("the gate", "the centre"))


STAYS = (
    "INSERT INTO stay (ref, version, recorded_at, updated_at, case_ref, status, organisation_ref, day, "
    "urgent_needs_checked, needs, departed) "
    "VALUES (:ref, 1, :at, :at, :ref, :status, 'a house', '2026-11-04', :no, '[]', :departed)"
)


@pytest.mark.parametrize("form", ["sqlite", "postgres"])
def test_whoever_has_somebody_hosts_them_from_then_on(
    form: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    package, url = "services.intake", sqlite_url(tmp_path / "old.db")
    if form == "postgres":
        url = request.getfixturevalue("postgres_url").replace("{service}", "intake")
    gone = ("departed", "handed_over", "left_early", "voided")
    stays = dict.fromkeys(("expected", "admitted", *gone)) | {"missing": date(2026, 11, 5)}

    def old(connection: Connection) -> None:
        migrations.bring_to(package, url, connection, "0017")
        for status, departed in stays.items():
            row = {"ref": status, "status": status, "departed": departed, "no": False, "at": NOW}
            connection.execute(text(STAYS).bindparams(bindparam("at", type_=Instant())), row)

    with_connection(url, old)
    migrations.upgrade(package, url)
    part = migrations.metadata_of(package).tables["relation"]
    rows = with_connection(url, lambda connection: connection.execute(select(part)).mappings().all())
    assert {(row["subject"], row["organisation_ref"], row["kind"], row["until"]) for row in rows} == {
        ("case/expected", "a house", "HOSTS", None),
        ("case/admitted", "a house", "HOSTS", None),
    }


STAFF, HOUSE = "a" * 32, "b" * 32
HAD = f"""INSERT INTO relation (subject, source, staff_ref, organisation_ref, kind) VALUES
    ('case/1', 'grants', '{STAFF}', '{HOUSE}', 'GRANT'), ('case/1', 'intake', '{STAFF}', '{HOUSE}', 'TEAM'),
    ('case/1', 'intake', '', '{HOUSE}', 'HOLDER')"""
WHO = f'{{"case_ref":"1","kind":"%s","organisation_ref":"{HOUSE}","staff_ref":"{STAFF}"}}'
FACTS = (("intake", 2, "TEAM", 1), ("intake", 3, "TEAM", 5), ("intake", 4, "PLAN", 7), ("grants", 1, "GRANT", 3))
"""Who told it, which version, of which kind of part, and in which hour."""


def test_parts_of_before_are_had_since_the_fact_that_made_them_last(tmp_path: Path) -> None:
    package, url = "services.grants", sqlite_url(tmp_path / "grants.db")

    def old(connection: Connection) -> None:
        migrations.bring_to(package, url, connection, "0012")
        connection.execute(text(HAD))
        for source, version, kind, hour in FACTS:
            at = {"type": f"{source}.x.assigned.v1", "data": WHO % kind, "recorded": NOW.replace(hour=hour)}
            own = {"subject": "case/1", "version": version, "event_id": f"{hour}", "effective": NOW, "correlation": "c"}
            where = "journal" if source == "grants" else "heard"
            further = {} if source == "grants" else {"source": source, "status": "applied", "heard_at": NOW}
            row = {**at, **own, **further}
            names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
            moments = [bindparam(name, type_=Instant) for name in row if name in ("recorded", "effective", "heard_at")]
            connection.execute(text(f"INSERT INTO {where} ({names}) VALUES ({marks})").bindparams(*moments), row)

    with_connection(url, old)
    migrations.upgrade(package, url)
    query = text("SELECT kind, since FROM relation ORDER BY kind").columns(since=Instant)
    found = {row.kind: row.since for row in with_connection(url, lambda connection: connection.execute(query).all())}
    assert found == {"GRANT": NOW.replace(hour=3), "TEAM": NOW.replace(hour=5), "HOLDER": None}
