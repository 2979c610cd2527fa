"""The compose file read without an engine: its form, its shut doors, and that it says what the code says."""

import json
import re
import stat
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator, validators

from deploy.make_env import EXAMPLE, write
from services import SERVICES
from services.__main__ import app
from shared.settings import Settings, refuse_unknown
from shared.web.problems import TITLES
from tests.support.composed import FILE, ROOT, Missing, containers, dotenv, filled_in, variables

SCHEMA = files("check_jsonschema").joinpath("builtin_schemas", "vendor", "compose-spec.json")
GIVEN = {"POSTGRES_PASSWORD": "one", "DATABASE_PASSWORD": "two"}
NGINX = (ROOT / "deploy/proxy/nginx.conf").read_text("utf-8")
SQL = (ROOT / "deploy/postgres/databases.sql").read_text("utf-8")
COMPOSED = containers(GIVEN)


def test_the_file_is_of_the_form_that_the_specification_asks_for() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    checker = validators.validator_for(schema, Draft202012Validator)(schema)
    file = yaml.safe_load(FILE.read_text("utf-8"))
    assert [error.message for error in checker.iter_errors(file)] == []
    file["services"]["intake"]["helthcheck"] = {}
    assert list(checker.iter_errors(file)) != []


def test_every_secret_must_be_given() -> None:
    assert {name for name, how in variables(FILE.read_text("utf-8")).items() if how == "?"} == set(GIVEN)
    for name in GIVEN:
        with pytest.raises(Missing, match=f"{name}: run make secrets first"):
            filled_in(FILE.read_text("utf-8"), {**GIVEN, name: ""})


def test_make_secrets_draws_them_for_the_owner_alone_and_once(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    drawn = dotenv(path)
    assert {name for name in GIVEN if len(drawn[name]) >= 48} == set(GIVEN)
    assert len({drawn[name] for name in GIVEN}) == len(GIVEN)
    assert set(drawn) == set(variables(FILE.read_text("utf-8")))
    assert not write(path)
    assert dotenv(path) == drawn


def test_secrets_never_reach_git_or_the_image() -> None:
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert ".env" in ignored
    assert all(value == "" for name, value in dotenv(EXAMPLE).items() if name in GIVEN)
    assert (ROOT / ".dockerignore").read_text("utf-8").splitlines()[1] == "*"


def test_only_the_proxy_is_published_and_only_on_loopback() -> None:
    published = {name: one.said["ports"] for name, one in COMPOSED.items() if "ports" in one.said}
    assert published == {"proxy": ["127.0.0.1:8470:8470"]}
    networks = yaml.safe_load(FILE.read_text("utf-8"))["networks"]
    assert networks["inside"]["internal"]
    assert {name for name, one in COMPOSED.items() if one.said["networks"] != ["inside"]} == {"proxy"}


@pytest.mark.parametrize("name", sorted(COMPOSED))
def test_a_container_has_no_more_rights_than_it_needs(name: str) -> None:
    said = COMPOSED[name].said
    assert said["cap_drop"] == ["ALL"]
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in said
    if name != "kafka":  # its image writes its settings at start
        assert said["read_only"]
    if not COMPOSED[name].ours:
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?(-\w+)?@sha256:[0-9a-f]{64}", said["image"])


@pytest.mark.parametrize("name", [*SERVICES, "migrate"])
def test_a_container_of_ours_has_settings_that_we_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = COMPOSED[name].environment
    refuse_unknown(environment, Settings)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    settings = Settings()
    assert settings.host == "0.0.0.0"  # noqa: S104 -- inside the container's own network
    assert settings.network == "private"
    assert str(settings.port) in (ROOT / "deploy/Dockerfile").read_text("utf-8")


def test_there_is_a_container_for_each_service_and_one_that_migrates_first() -> None:
    commands = {name: one.command for name, one in COMPOSED.items() if one.ours}
    assert commands == {name: ["up", name] for name in SERVICES} | {"migrate": ["migrate"]}
    known = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert {words[0] for words in commands.values()} <= known
    for name in SERVICES:
        assert COMPOSED[name].after == {"migrate": "service_completed_successfully", "kafka": "service_healthy"}
    assert COMPOSED["migrate"].after == {"postgres": "service_healthy"}
    assert COMPOSED["proxy"].after == dict.fromkeys(SERVICES, "service_healthy")


def test_what_others_wait_for_says_when_it_is_healthy() -> None:
    waited = {name for one in COMPOSED.values() for name, how in one.after.items() if how == "service_healthy"}
    assert waited == {"postgres", "kafka", *SERVICES}
    assert all(COMPOSED[name].check for name in (*waited, "proxy"))


def test_only_the_migration_may_write_the_key() -> None:
    mounts = {name: one.said["volumes"] for name, one in COMPOSED.items() if one.ours}
    assert mounts == {name: ["keys:/keys:ro"] for name in SERVICES} | {"migrate": ["keys:/keys"]}
    assert Path(COMPOSED["migrate"].environment["HOMEWARD_MASTER_KEY_FILE"]).parent == Path("/keys")


def test_every_volume_and_file_that_is_mounted_is_there() -> None:
    volumes = yaml.safe_load(FILE.read_text("utf-8"))["volumes"]
    for one in COMPOSED.values():
        for source in (mount.split(":")[0] for mount in one.said["volumes"]):
            assert (ROOT / source).is_file() if source.startswith(".") else source in volumes


def test_the_proxy_knows_every_service_and_nobody_else() -> None:
    routes = dict(re.findall(r"location /(\w+)/ \{\s+set \$service http://(\w+):8470;", NGINX))
    assert routes == {name: name for name in SERVICES}
    told = json.dumps({"services": sorted(SERVICES)}, separators=(",", ":"))
    assert NGINX.count(told) == 2


def test_the_proxy_says_unavailable_in_our_words() -> None:
    said = dict(re.findall(r'^\s+(default|~\*\^km|~\*\^vi) "(.+)";$', NGINX, re.MULTILINE))
    assert said == {
        key: TITLES["unavailable"][language] for key, language in (("default", "en"), ("~*^km", "km"), ("~*^vi", "vi"))
    }


def test_there_is_a_database_for_each_service_and_for_the_keys() -> None:
    address = COMPOSED["intake"].environment["HOMEWARD_DATABASE_URL"]
    assert address == "postgresql://homeward:two@postgres:5432/homeward_{service}"
    made = re.findall(r"CREATE DATABASE (\w+) OWNER homeward;", SQL)
    assert made == [address.rpartition("/")[2].format(service=name) for name in (*SERVICES, "keys")]
    closed = re.search(r"ON DATABASE ([\w\s,]+) FROM PUBLIC", SQL)
    assert closed is not None
    assert re.split(r",\s+", closed[1].strip()) == made


def test_the_broker_is_found_where_the_services_look() -> None:
    kafka = COMPOSED["kafka"].environment
    wanted = COMPOSED["intake"].environment["HOMEWARD_KAFKA_BROKERS"]
    assert f"CLIENTS://{wanted}" in kafka["KAFKA_ADVERTISED_LISTENERS"]
    assert wanted in COMPOSED["kafka"].check
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
