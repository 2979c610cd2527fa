"""Settings have defaults, refuse what they do not know, and never leave loopback."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.settings import Settings, UnknownSetting, refuse_unknown, variables


def test_every_setting_has_a_default() -> None:
    assert variables(Settings)["HOMEWARD_DATA_DIR"] == ".homeward"


def test_an_unknown_setting_is_an_error() -> None:
    with pytest.raises(UnknownSetting, match="HOMEWARD_DATADIR"):
        refuse_unknown({"HOMEWARD_DATADIR": "x"}, Settings)


def test_settings_of_tests_and_of_others_are_left_alone() -> None:
    refuse_unknown({"HOMEWARD_TEST_KAFKA": "x", "PATH": "x", "HOMEWARD_PORT": "1"}, Settings)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])  # noqa: S104 -- refused is the point
def test_only_loopback_may_be_listened_on(host: str) -> None:
    with pytest.raises(ValidationError):
        Settings(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_is_fine(host: str) -> None:
    assert Settings(host=host).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "172.20.0.3"])  # noqa: S104 -- inside a container
def test_a_closed_network_of_containers_may_be_listened_on_when_somebody_says_so(host: str) -> None:
    assert Settings(host=host, network="private").host == host


@pytest.mark.parametrize("host", ["203.0.113.1.example", "8.8.8.8", "2a00:1450::1"])
def test_no_network_makes_an_address_of_the_internet_right(host: str) -> None:
    with pytest.raises(ValidationError):
        Settings(host=host, network="private")


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, secret in (("DATABASE_URL", "postgresql://127.0.0.1/homeward_{service}"), ("KAFKA_PASSWORD", "invented")):
        (tmp_path / name).write_text(f"{secret}\n", "utf-8")
        monkeypatch.setenv(f"HOMEWARD_{name}_FILE", str(tmp_path / name))
        assert getattr(Settings(), name.lower()).get_secret_value() == secret
        monkeypatch.setenv(f"HOMEWARD_{name}", "another")
        with pytest.raises(ValidationError, match="only one of them"):
            Settings()
        monkeypatch.delenv(f"HOMEWARD_{name}")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"missing cannot be read \(FileNotFoundError\)"):
        Settings(kafka_password_file=tmp_path / "missing")


def test_an_error_of_one_setting_shows_no_value_of_another() -> None:
    with pytest.raises(ValidationError, match="only one of them") as refused:
        Settings.model_validate({"kafka_password": "so", "kafka_password_file": "x"})
    assert "input_value" not in str(refused.value), "which shows what stands beside it"
