"""In production each service's master key is its own, and what proves a service to a key service is told to nobody."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.production import refuse_unsafe
from shared.settings import Settings
from tests.unit.shared.test_production import KEY_SERVICE, SERVERS, said


def test_one_master_key_in_the_files_of_two_services_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, **{**SERVERS, "master_key_file": tmp_path / "{service}.key"})
    paths = {name: tmp_path / f"{name}.key" for name in ("intake", "screening", "grants")}
    for number, path in enumerate(paths.values()):
        path.touch(mode=0o600)
        path.write_bytes(bytes([number]) * 32)
    refuse_unsafe(settings, environ={})
    paths["grants"].write_bytes(paths["intake"].read_bytes())
    (line,) = said(settings, serving=False)
    assert line.startswith("HOMEWARD_MASTER_KEY_FILE: ")
    assert f"{paths['intake']} and {paths['grants']} are one key" in line
    paths["grants"].unlink()
    paths["grants"].symlink_to(paths["intake"])
    assert said(settings) == [line]
    (tmp_path / "grants.key.next").write_bytes(b"")
    refuse_unsafe(settings, environ={})


@pytest.mark.parametrize("name", ["token", "role_id", "secret_id"])
def test_a_credential_of_the_key_service_that_everybody_can_read_is_refused(name: str, tmp_path: Path) -> None:
    setting = f"key_service_{name}_file"
    given = {**SERVERS, **KEY_SERVICE, "key_service_token_file": None, setting: tmp_path / "{service}"}
    (tmp_path / "grants").touch(mode=0o600)
    refuse_unsafe(Settings(data_dir=tmp_path, **given), environ={})
    (tmp_path / "grants").chmod(0o604)
    (line,) = said(Settings(data_dir=tmp_path, **given), serving=False)
    assert line.startswith(f"HOMEWARD_{setting.upper()}: everybody on this machine can read {tmp_path / 'grants'}")


@pytest.mark.parametrize("address", ["http://vault.centre.example:8200", "vault.centre.example", "https://u@v.example"])
def test_a_key_service_without_tls_is_no_setting_at_all(address: str) -> None:
    with pytest.raises(ValidationError, match="https://"):
        Settings(key_service=address)


@pytest.mark.parametrize(
    "wrong", [{"key_service_key": "homeward"}, {"key_service_key": "{service}/x"}, {"key_service_mount": "../sys"}]
)
def test_each_service_has_a_key_of_its_own_name_there(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(wrong)
