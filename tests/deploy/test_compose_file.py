"""The compose file read without an engine: its form, its shut doors, and that it says what the code says."""

import json
import re
import stat
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from jsonschema import Draft202012Validator, validators

from deploy.make_env import EXAMPLE, write
from services import SERVICES
from services.__main__ import app
from shared.sealing.at_hand import key_files
from shared.settings import Settings, refuse_unknown
from shared.web.problems import TITLES
from tests.support.composed import FILE, ROOT, Missing, containers, dotenv, filled_in, variables

SCHEMA = files("check_jsonschema").joinpath("builtin_schemas", "vendor", "compose-spec.json")
PEOPLE = (*SERVICES, "operator")
ACCOUNTS = [f"{who.upper()}_{part}_PASSWORD" for part in ("DATABASE", "KAFKA") for who in PEOPLE]
PROVIDER = ["KEYCLOAK_DATABASE_PASSWORD", "KEYCLOAK_ADMIN_PASSWORD"]
GIVEN = {name: f"secret-of-{name.lower()}" for name in ("POSTGRES_PASSWORD", *ACCOUNTS, *PROVIDER)}
NGINX = (ROOT / "deploy/proxy/nginx.conf").read_text("utf-8")
SQL = (ROOT / "deploy/postgres/databases.sql").read_text("utf-8")
HBA = (ROOT / "deploy/postgres/pg_hba.conf").read_text("utf-8")
POM = (ROOT / "deploy/keycloak-local/pom.xml").read_text("utf-8")
IMPORTED = "/opt/keycloak/data/import/homeward-realm.json"
COMPOSED = containers(GIVEN)


def test_the_file_is_of_the_form_that_the_specification_asks_for() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    checker = validators.validator_for(schema, Draft202012Validator)(schema)
    file = yaml.safe_load(FILE.read_text("utf-8"))
    assert [error.message for error in checker.iter_errors(file)] == []
    file["services"]["intake"]["helthcheck"] = {}
    assert list(checker.iter_errors(file)) != []


def test_a_centre_adds_a_name_and_a_port_with_tls_and_nothing_else() -> None:
    added, site = ROOT / "deploy/site/compose.yml", GIVEN | {"SITE_NAME": "centre.lan"}
    with pytest.raises(Missing, match="SITE_NAME"):
        containers(GIVEN, added)
    merged = containers(site, added)
    changed = {
        name: {key for key in one.said if one.said[key] != COMPOSED[name].said.get(key)} for name, one in merged.items()
    }
    assert {name: keys for name, keys in changed.items() if keys} == {
        **{name: {"environment"} for name in (*SERVICES, "keycloak")},
        "certificates": {"command"},
        "proxy": {"ports", "volumes"},
    }
    issuer = f"{merged['keycloak'].environment['KC_HOSTNAME']}/realms/homeward"
    assert {merged[name].environment["HOMEWARD_ISSUER"] for name in SERVICES} == {issuer}
    assert issuer.startswith("https://centre.lan/")
    assert merged["certificates"].command == [*COMPOSED["certificates"].command, "site@centre.lan=101"]
    assert merged["proxy"].said["user"] == "101:101", "whose group reads it"
    assert merged["proxy"].said["ports"] == ["127.0.0.1:8470:8470", "443:8443"]
    assert set(COMPOSED["proxy"].mounts) == set(merged["proxy"].mounts)


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


def test_make_secrets_adds_what_a_newer_version_wants_and_changes_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("POSTGRES_PASSWORD=old\nPORT=8471\n", "utf-8")
    assert write(path)
    drawn = dotenv(path)
    assert (drawn["POSTGRES_PASSWORD"], drawn["PORT"]) == ("old", "8471")
    assert {name for name in ACCOUNTS if len(drawn[name]) >= 48} == set(ACCOUNTS)


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
    # Certificates are made once, by root, and given to the servers' groups; nothing else gets any right.
    assert said.get("cap_add", []) == (["CHOWN"] if name == "certificates" else [])
    assert ("user" in said and said["user"].startswith("0")) == (name == "certificates")
    assert said["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in said
    assert said["read_only"] is True
    if "build" not in said:
        assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?(-\w+)?@sha256:[0-9a-f]{64}", said["image"])


@pytest.mark.parametrize("name", sorted(COMPOSED))
def test_a_container_has_limits_and_a_place_for_what_it_writes(name: str) -> None:
    said = COMPOSED[name].said
    limits = said["deploy"]["resources"]["limits"]
    assert re.fullmatch(r"\d+[MG]", limits["memory"])
    assert 16 <= limits["pids"] <= 512
    assert said["logging"] == {"driver": "local"}, "which is bounded"
    wants = {"postgres": {"/run/postgresql"}, "keycloak": {"/opt/keycloak/data"}}
    wants["kafka"] = {"/opt/kafka/config", "/opt/kafka/logs"}  # see tests/support/rehearsal.py, which runs its program
    assert {place.partition(":")[0] for place in said["tmpfs"]} == {"/tmp"} | wants.get(name, set())  # noqa: S108


@pytest.mark.parametrize("name", [*SERVICES, "migrate", "access"])
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
    once = {"migrate": ["migrate"], "access": ["bus", "access"]}
    assert commands == {name: ["up", name] for name in SERVICES} | once
    assert all(known(words) for words in commands.values())
    for name in SERVICES:
        assert COMPOSED[name].after == dict.fromkeys(once, "service_completed_successfully")
    assert COMPOSED["migrate"].after == {"postgres": "service_healthy"}
    assert COMPOSED["access"].after == {"kafka": "service_healthy"}
    certified = {"certificates": "service_completed_successfully"}
    assert COMPOSED["postgres"].after == COMPOSED["kafka"].after == certified
    assert COMPOSED["keycloak"].after == certified | {"postgres": "service_healthy"}
    assert COMPOSED["proxy"].after == dict.fromkeys(SERVICES, "service_healthy")


def test_what_others_wait_for_says_when_it_is_healthy() -> None:
    waited = {name for one in COMPOSED.values() for name, how in one.after.items() if how == "service_healthy"}
    assert waited == {"postgres", "kafka", *SERVICES}
    assert all(COMPOSED[name].check for name in (*waited, "proxy", "keycloak"))


def test_each_service_has_its_own_master_key_and_no_other_and_only_the_migration_may_write_them() -> None:
    mounts = {
        name: [mount for mount in one.said["volumes"] if "keys" in mount.partition(":")[0]]
        for name, one in COMPOSED.items()
    }
    own = {name: [f"{name}-keys:/keys/{name}:ro"] for name in SERVICES}
    with_key = own | {"migrate": [f"{name}-keys:/keys/{name}" for name in SERVICES]}
    assert {name: found for name, found in mounts.items() if found} == with_key
    for name in (*SERVICES, "migrate"):
        settings = Settings.model_validate({"master_key_file": COMPOSED[name].environment["HOMEWARD_MASTER_KEY_FILE"]})
        found = {service: str(path.parent) for service, path in key_files(settings).items()}
        assert found == {service: f"/keys/{service}" for service in SERVICES}
    folders = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    assert all(f" /keys/{name}" in folders for name in SERVICES), "else an empty volume belongs to root"


def test_only_what_makes_certificates_has_the_key_that_signs_them_or_writes_them() -> None:
    for name, one in COMPOSED.items():
        found = [mount for mount in one.said["volumes"] if mount.startswith(("authority:", "certificates:"))]
        if name == "certificates":
            assert found == ["authority:/authority", "certificates:/certificates"]
        else:
            assert found == ["certificates:/certificates:ro"]


def test_every_volume_and_file_that_is_mounted_is_there() -> None:
    volumes = yaml.safe_load(FILE.read_text("utf-8"))["volumes"]
    for one in COMPOSED.values():
        for source in (mount.split(":")[0] for mount in one.said["volumes"]):
            assert (ROOT / source).is_file() if source.startswith(".") else source in volumes


def test_the_proxy_knows_every_service_and_nobody_else() -> None:
    places = (ROOT / "deploy/proxy/places.conf").read_text("utf-8")
    assert re.findall(r"^    (\w+) http://(\w+):8470;$", places, re.MULTILINE) == [(name, name) for name in SERVICES]
    assert f"location ~ ^/(?<service>{'|'.join(SERVICES)})/" in NGINX
    told = json.dumps({"services": sorted(SERVICES)}, separators=(",", ":"))
    assert NGINX.count(told) == 2


@pytest.mark.parametrize(("variable", "code"), [("unavailable", "unavailable"), ("too_many", "too_many_requests")])
def test_the_proxy_refuses_in_our_words(variable: str, code: str) -> None:
    table = NGINX.partition(f"map $http_accept_language ${variable} ")[2].partition("}")[0]
    said = dict(re.findall(r'^\s+(default|~\*\^km|~\*\^vi) "(.+)";$', table, re.MULTILINE))
    languages = {"default": "en", "~*^km": "km", "~*^vi": "vi"}
    assert said == {key: TITLES[code][language] for key, language in languages.items()}


def test_there_is_a_database_and_a_role_for_each_service() -> None:
    for name in (*SERVICES, "migrate"):
        user = "operator" if name == "migrate" else name
        address = urlsplit(COMPOSED[name].environment["HOMEWARD_DATABASE_URL"])
        assert (address.username, address.password) == (user, f"secret-of-{user}_database_password")
        assert address.netloc.endswith("@postgres:5432")
        assert parse_qs(address.query) == {"sslmode": ["verify-full"], "sslrootcert": ["/certificates/ca.pem"]}
        assert address.path == "/homeward_{service}"
    owned = dict(re.findall(r'CREATE DATABASE homeward_(\w+) OWNER "?(\w+)"?;', SQL))
    assert owned == {name: name for name in (*SERVICES, "keys")}
    closed = re.search(r"ON DATABASE ([\w\s,]+) FROM PUBLIC", SQL)
    assert closed is not None
    ours = {f"homeward_{name}" for name in owned}
    assert set(re.split(r",\s+", closed[1].strip())) == ours | {"keycloak", "postgres", "template1"}
    assert "CREATE DATABASE keycloak OWNER keycloak;" in SQL
    assert not re.search(r"GRANT .*keycloak|IN ROLE .*keycloak", SQL), "nobody else gets there"


def test_the_database_server_asks_for_tls_and_logs_no_rows() -> None:
    options = [word for word in COMPOSED["postgres"].command if "=" in word]
    assert {"log_error_verbosity=terse", "ssl=on"} <= set(options)
    rules = [line.split() for line in HBA.splitlines() if line and not line.startswith("#")]
    assert [rule[0] for rule in rules if rule[0] != "local"] == ["hostssl"]
    assert {rule[-1] for rule in rules} == {"peer", "scram-sha-256"}


def test_the_services_know_the_provider_as_browsers_do_and_ask_it_by_its_own_name_with_tls() -> None:
    said, built = COMPOSED["keycloak"].environment, (ROOT / "deploy/keycloak/keycloak.conf").read_text("utf-8")
    realm = json.loads((ROOT / COMPOSED["keycloak"].mounts[IMPORTED]).read_text("utf-8"))["realm"]
    for name in SERVICES:
        ours = COMPOSED[name].environment
        assert ours["HOMEWARD_ISSUER"] == f"{said['KC_HOSTNAME']}/realms/{realm}"
        assert ours["HOMEWARD_ISSUER_AT"] == f"https://keycloak:{said['KC_HTTPS_PORT']}/auth/realms/{realm}"
        assert ours["HOMEWARD_ISSUER_CA_FILE"] == "/certificates/ca.pem"
    assert "KC_HTTP_ENABLED" not in said, "only with TLS, but for the question whether it is well"
    assert (said["KC_HTTP_MANAGEMENT_HOST"], said["KC_HTTP_MANAGEMENT_SCHEME"]) == ("127.0.0.1", "http")
    assert parse_qs(urlsplit(said["KC_DB_URL"]).query)["sslmode"] == ["verify-full"]
    assert "http-relative-path=/auth\n" in built
    assert "impersonation" in built


def test_the_image_of_the_provider_is_pinned_and_built_from_our_settings_alone() -> None:
    said = [line.split() for line in (ROOT / "deploy/keycloak/Dockerfile").read_text("utf-8").splitlines()]
    version = re.search(r"keycloak-quarkus-dist</artifactId>\s+<version>([\d.]+)<", POM)
    assert version is not None
    assert re.fullmatch(rf"[a-z./]+:{version[1]}@sha256:[0-9a-f]{{64}}", said[1][1])
    assert [words[1] for words in said if words[0] == "COPY"] == ["keycloak.conf"]
    assert COMPOSED["keycloak"].said["build"] == {"context": "deploy/keycloak"}


def test_the_broker_is_found_where_the_services_look_and_asks_who_they_are() -> None:
    kafka = COMPOSED["kafka"].environment
    for name in (*SERVICES, "migrate", "access"):
        said = COMPOSED[name].environment
        user = name if name in SERVICES else "operator"
        assert f"CLIENTS://{said['HOMEWARD_KAFKA_BROKERS']}" in kafka["KAFKA_ADVERTISED_LISTENERS"]
        assert (said["HOMEWARD_KAFKA_SECURITY"], said["HOMEWARD_KAFKA_USER"]) == ("SASL_SSL", user)
        account = f'user_{user}="{said["HOMEWARD_KAFKA_PASSWORD"]}"'
        assert account in kafka["KAFKA_LISTENER_NAME_CLIENTS_PLAIN_SASL_JAAS_CONFIG"]
    assert "PLAINTEXT" not in kafka["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"]
    for listener in ("INSIDE", "CONTROLLER"):
        assert f"{listener}://127.0.0.1:" in kafka["KAFKA_LISTENERS"]
        assert kafka[f"KAFKA_LISTENER_NAME_{listener}_SSL_CLIENT_AUTH"] == "required"
    assert kafka["KAFKA_SUPER_USERS"].split(";") == ["User:operator", "User:CN=kafka"]
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def known(words: list[str]) -> bool:
    """Whether the product has such a command."""
    commands = app.registered_commands
    for group in app.registered_groups:
        if group.name == words[0] and group.typer_instance is not None:
            commands, words = group.typer_instance.registered_commands, words[1:]
    return words[0] in {command.callback.__name__ for command in commands if command.callback}
