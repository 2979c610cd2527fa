"""The key service is asked in portions, not twice for the same, believed only when it proves itself, soon given up."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.certificates import CERTIFICATE, issue
from shared.outgoing import NotRegistered, Posting
from shared.sealing import remembered
from shared.sealing import transit as transit_module
from shared.sealing.keyfile import UnsafeKeyFile
from shared.sealing.remembered import SECONDS, Remembered
from shared.sealing.transit import BATCH, PAUSE, Place, Transit
from shared.sealing.vault_token import FileToken, Role, RoleToken, Token
from shared.sealing.wrapping import Bound, KeyServiceAway, KeyServiceRefuses, unwrapped
from tests.support import vault as faked
from tests.support.vault import StrictVault, secret_file, serving

KEY = "homeward-intake"
PATIENCE = 30.0
"""Seconds: the machine may be busy. Who is not there is known at once."""
ONE: Bound = (b"k" * 32, "intake|person/1")


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def vault() -> Iterator[StrictVault]:
    made = StrictVault()
    made.make(KEY, "s.intake")
    made.make("homeward-grants", "s.grants")
    with serving(made):
        yield made


def using(vault: StrictVault, token: Token, clock: Clock | None = None, ca: Path | None = None) -> Transit:
    return Transit(Place(vault.address, "transit", KEY), token, Posting(vault.address, ca, PATIENCE), clock or Clock())


@pytest.fixture
def token(tmp_path: Path) -> FileToken:
    return FileToken(secret_file(tmp_path / "token", "s.intake"))


def bound(holder: Transit, keys: list[Bound]) -> list[Bound]:
    wrapped = holder.wrap(holder.in_use, keys)
    return [(one, place) for one, (_, place) in zip(wrapped, keys, strict=True)]


def test_the_same_keys_are_asked_for_once_in_a_while(vault: StrictVault, token: FileToken) -> None:
    given, clock = bound(using(vault, token), [ONE]), Clock()
    holder = using(vault, token, clock)
    vault.asked.clear()
    for _ in range(5):
        assert unwrapped(holder, given) == [ONE[0]]
    assert vault.asked == [("decrypt", 1)]
    clock.now += SECONDS
    assert unwrapped(holder, given) == [ONE[0]]
    assert vault.asked == [("decrypt", 1)] * 2


def test_what_was_just_made_is_known(vault: StrictVault, token: FileToken) -> None:
    holder = using(vault, token)
    given = bound(holder, [ONE])
    vault.asked.clear()
    assert unwrapped(holder, given) == [ONE[0]]
    assert vault.asked == []


def test_many_keys_are_asked_for_in_portions(vault: StrictVault, token: FileToken) -> None:
    many: list[Bound] = [(b"k" * 32, f"intake|person/{number}") for number in range(BATCH + 1)]
    given = bound(using(vault, token), many)
    vault.asked.clear()
    assert unwrapped(using(vault, token), given) == [key for key, _ in many]
    assert vault.asked == [("decrypt", BATCH), ("decrypt", 1)]


def test_the_least_used_go_first() -> None:
    kept = Remembered(Clock(), many=2)
    for number in (1, 2):
        kept.keep((b"%d" % number, ""), b"key")
    assert kept.get((b"1", "")) == b"key"
    kept.keep((b"3", ""), b"key")
    assert [kept.get((b"%d" % number, "")) for number in (1, 2, 3)] == [b"key", None, b"key"]
    assert remembered.MANY >= 10_000


def test_another_services_token_opens_nothing(vault: StrictVault, token: FileToken, tmp_path: Path) -> None:
    given = bound(using(vault, token), [ONE])
    theirs = using(vault, FileToken(secret_file(tmp_path / "grants", "s.grants")))
    with pytest.raises(KeyServiceRefuses):
        theirs.opened(given)
    with pytest.raises(KeyServiceRefuses):
        theirs.wrap(theirs.in_use, [ONE])


def test_a_token_that_ended_is_read_again(vault: StrictVault, token: FileToken, tmp_path: Path) -> None:
    holder = using(vault, token)
    given = bound(holder, [ONE])
    vault.tokens = {"s.next": {KEY}}
    other = using(vault, token)
    with pytest.raises(KeyServiceRefuses):
        other.opened(given)
    secret_file(tmp_path / "token", "s.next")
    assert unwrapped(other, given) == [ONE[0]]
    (tmp_path / "token").unlink()
    vault.tokens = {"s.later": {KEY}}
    with pytest.raises(KeyServiceAway):
        using(vault, token).opened(given)


@pytest.mark.parametrize(("content", "mode"), [("s.intake", 0o640), ("s.intake", 0o604), ("", 0o600), ("a\nb", 0o600)])
def test_a_credential_is_one_and_its_owners_alone(tmp_path: Path, content: str, mode: int) -> None:
    path = secret_file(tmp_path / "token", content)
    path.chmod(mode)
    with pytest.raises(UnsafeKeyFile, match=str(path)):
        FileToken(path)
    other = secret_file(tmp_path / "other", "id")
    posting = Posting("http://127.0.0.1:1")
    for role in (Role("http://127.0.0.1:1/", path, other), Role("http://127.0.0.1:1/", other, path)):
        with pytest.raises(UnsafeKeyFile, match=str(path)):
            RoleToken(role, posting)


def test_a_role_signs_in_once_and_again_when_its_token_ended(vault: StrictVault, tmp_path: Path) -> None:
    role, secret = secret_file(tmp_path / "role", "role-1"), secret_file(tmp_path / "secret", "secret-1")
    vault.roles = {("role-1", "secret-1"): "s.intake"}
    posting = Posting(vault.address)
    token = RoleToken(Role(f"{vault.address}/v1/auth/approle/login", role, secret), posting)
    holder = using(vault, token)
    given = bound(holder, [ONE])
    bound(holder, [ONE])
    assert vault.asked == [("login", 1), ("encrypt", 1), ("encrypt", 1)]
    vault.tokens, vault.roles = {"s.next": {KEY}}, {("role-1", "secret-1"): "s.next"}
    assert unwrapped(using(vault, token), given) == [ONE[0]]
    vault.roles = {}
    vault.tokens = {}
    with pytest.raises(KeyServiceRefuses):
        using(vault, token).opened(given)


BAD: dict[str, tuple[int, bytes]] = {
    "sealed": (503, b'{"errors":["Vault is sealed"]}'),
    "a fault of its own": (500, b'{"data":{"batch_results":[{"plaintext":"aw=="}]}}'),
    "too many requests": (429, b'{"data":{"batch_results":[{"plaintext":"aw=="}]}}'),
    "sends elsewhere": (307, b""),
    "no JSON": (200, b"<html>"),
    "nested without end": (200, b"[" * 100_000),
    "no results": (200, b'{"data":{}}'),
    "another number": (200, b'{"data":{"batch_results":[]}}'),
    "no objects": (200, b'{"data":{"batch_results":["x"]}}'),
    "a list": (200, b"[]"),
    "far too large": (200, b'"' + b"x" * 2_000_000 + b'"'),
}


@pytest.mark.parametrize("bad", BAD)
def test_who_does_not_answer_as_it_should_is_away(vault: StrictVault, token: FileToken, bad: str) -> None:
    given = bound(using(vault, token), [ONE])
    vault.fault = BAD[bad]
    with pytest.raises(KeyServiceAway) as raised:
        using(vault, token).opened(given)
    assert (raised.value.status, raised.value.code) == (503, "store_unavailable")
    with pytest.raises(KeyServiceAway):
        using(vault, token).wrap(f"transit:transit/{KEY}", [ONE])


@pytest.mark.parametrize("said", ["x", "vault:", "", None, 7])
def test_what_is_no_wrapped_key_is_never_stored(vault: StrictVault, token: FileToken, said: object) -> None:
    text = {None: "null", 7: "7"}.get(said, f'"{said}"')  # type: ignore[call-overload]
    vault.fault = (200, f'{{"data":{{"batch_results":[{{"ciphertext":{text}}}]}}}}'.encode())
    holder = using(vault, token)
    with pytest.raises(KeyServiceAway):
        holder.wrap(holder.in_use, [ONE])


def test_while_it_is_away_nobody_waits_and_then_it_is_asked_again(vault: StrictVault, token: FileToken) -> None:
    given, clock = bound(using(vault, token), [ONE]), Clock()
    holder = using(vault, token, clock)
    vault.fault = BAD["sealed"]
    with pytest.raises(KeyServiceAway):
        holder.opened(given)
    vault.fault = None
    vault.asked.clear()
    begun = time.monotonic()
    for _ in range(50):
        with pytest.raises(KeyServiceAway):
            holder.opened(given)
    assert time.monotonic() - begun < 1
    assert vault.asked == []
    clock.now += PAUSE
    assert unwrapped(holder, given) == [ONE[0]]


def test_nobody_is_there_and_that_is_soon_known(tmp_path: Path, token: FileToken) -> None:
    begun = time.monotonic()
    with pytest.raises(KeyServiceAway):
        using(StrictVault(address="http://127.0.0.1:1"), token).opened([(b"vault:v1:YQ==", "x")])
    assert time.monotonic() - begun < 2


def test_who_cannot_prove_to_be_the_key_service_is_told_no_token(tmp_path: Path, token: FileToken) -> None:
    ours, others = tmp_path / "ours", tmp_path / "others"
    for place in (ours, others):
        place.mkdir()
        issue(place, place, {"localhost": -1})
    made = StrictVault()
    made.make(KEY, "s.intake")
    with serving(made, ours / "localhost.pem"):
        assert bound(using(made, token, ca=ours / CERTIFICATE), [ONE])
        made.asked.clear()
        for ca in (others / CERTIFICATE, None):
            with pytest.raises(KeyServiceAway):
                using(made, token, ca=ca).wrap(f"transit:transit/{KEY}", [ONE])
        assert made.asked == []


@pytest.mark.parametrize("address", ["http://vault.centre.example:8200", "https://a@vault.example", "ftp://127.0.0.1"])
def test_no_key_service_is_asked_without_tls(address: str) -> None:
    with pytest.raises(NotRegistered):
        Posting(address)


def test_a_key_of_another_place_does_not_open_though_the_key_service_mixes_no_context_in(
    vault: StrictVault, token: FileToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that its operators made without `derived=true`."""
    plain = faked._derived
    monkeypatch.setattr(faked, "_derived", lambda key, _: plain(key, b""))
    ((wrapped, place),) = bound(using(vault, token), [ONE])
    assert using(vault, token).opened([(wrapped, "intake|person/2"), (wrapped, place)])[0] is None
    assert transit_module.DIGEST == 16
