"""Whatever holds master keys behaves alike: a key file, and a key service's key. One suite for both.

With `HOMEWARD_TEST_VAULT` the same suite asks a real Vault or OpenBao, see `real`.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.errors import Unavailable
from shared.outgoing import Posting
from shared.sealing import DoesNotOpen
from shared.sealing.going_over import GoingOver
from shared.sealing.keyfile import NoKeys, make_master_key
from shared.sealing.ring import Ring, lay_beside
from shared.sealing.transit import Place, Transit
from shared.sealing.vault_token import FileToken
from shared.sealing.wrapping import Bound, Wrapping, unwrapped
from tests.support.vault import StrictVault, secret_file, serving

KEYS: list[Bound] = [(bytes([number]) * 32, f"intake|person/{number}") for number in range(1, 4)]
REAL = "HOMEWARD_TEST_VAULT"
"""The address of a real key service, with two derived keys `homeward-intake` and `homeward-grants` in `transit`, and
`HOMEWARD_TEST_VAULT_TOKEN_FILE` with a token for both that may also make next versions."""


@dataclass
class Held:
    """A holder under test, another process's, one of another service, and what gives it a next master key."""

    ours: Wrapping
    again: Callable[[], Wrapping]
    theirs: Wrapping
    renew: Callable[[], None]


def files(folder: Path) -> Held:
    ours, theirs = folder / "intake.key", folder / "grants.key"
    make_master_key(ours)
    make_master_key(theirs)
    return Held(Ring(ours), lambda: Ring(ours), Ring(theirs), lambda: lay_beside(ours, None))


def transit(folder: Path, vault: StrictVault, key: str, token: str) -> Transit:
    posting = Posting(vault.address, patience=30.0)
    file = secret_file(folder / f"{token}.token", token)
    return Transit(Place(vault.address, "transit", key), FileToken(file), posting)


def faked(folder: Path, vault: StrictVault) -> Held:
    vault.make("homeward-intake", "s.intake")
    vault.make("homeward-grants", "s.grants")
    ours, theirs = (transit(folder, vault, f"homeward-{name}", f"s.{name}") for name in ("intake", "grants"))
    again = lambda: transit(folder, vault, "homeward-intake", "s.intake")  # noqa: E731
    return Held(ours, again, theirs, lambda: vault.rotate("homeward-intake"))


def moving(folder: Path, vault: StrictVault) -> Held:
    file, there = files(folder), faked(folder, vault)
    assert isinstance(file.ours, Ring)
    ring, key = file.ours, folder / "intake.key"

    def again() -> Wrapping:
        return GoingOver(Ring(key), transit(folder, vault, "homeward-intake", "s.intake"))

    assert isinstance(there.ours, Transit)
    return Held(GoingOver(ring, there.ours), again, there.theirs, lambda: None)


def real(folder: Path) -> Held:
    address, token = os.environ[REAL], Path(os.environ[f"{REAL}_TOKEN_FILE"])
    posting = Posting(address, Path(ca) if (ca := os.environ.get(f"{REAL}_CA_FILE")) else None)

    def of(key: str) -> Transit:
        return Transit(Place(address, "transit", key), FileToken(token), posting)

    def renew() -> None:
        posting.post(f"{address}/v1/transit/keys/homeward-intake/rotate", {}, FileToken(token).headers())

    return Held(of("homeward-intake"), lambda: of("homeward-intake"), of("homeward-grants"), renew)


@pytest.fixture(params=["file", "transit", "from a file to transit", "a real key service"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Held]:
    if request.param == "file":
        yield files(tmp_path)
    elif request.param == "a real key service":
        if REAL not in os.environ:
            pytest.skip(
                f"LEFT OUT, no key service: set {REAL}=https://... and {REAL}_TOKEN_FILE to ask a real Vault or OpenBao"
            )
        yield real(tmp_path)
    else:
        with serving(StrictVault()) as vault:
            yield (faked if request.param == "transit" else moving)(tmp_path, vault)


def test_what_is_wrapped_opens_here_and_in_another_process(held: Held) -> None:
    wrapped = held.ours.wrap(held.ours.in_use, KEYS)
    bound = [(one, place) for one, (_, place) in zip(wrapped, KEYS, strict=True)]
    for holder in (held.ours, held.again()):
        assert unwrapped(holder, bound) == [key for key, _ in KEYS]
        assert holder.opened(bound) == [(held.ours.in_use, key) for key, _ in KEYS]
    assert all(key not in one for one, (key, _) in zip(wrapped, KEYS, strict=True))
    assert held.ours.opened([]) == []


def test_it_opens_in_no_other_place_and_not_when_it_was_changed(held: Held) -> None:
    (one, other) = held.ours.wrap(held.ours.in_use, KEYS[:2])
    (_, here), (_, there) = KEYS[:2]
    holder = held.again()
    broken = bytes([*one[:-4], one[-4] ^ 1, *one[-3:]])
    for given in ((one, there), (other, here), (broken, here), (b"", here), (one[:20], here), (b"vault:v1:", here)):
        assert holder.opened([given, (one, here)]) == [None, (holder.in_use, KEYS[0][0])], given
        with pytest.raises(DoesNotOpen):
            unwrapped(holder, [given])


def test_another_service_opens_none_of_it(held: Held) -> None:
    wrapped = held.ours.wrap(held.ours.in_use, KEYS)
    bound = [(one, place) for one, (_, place) in zip(wrapped, KEYS, strict=True)]
    assert held.theirs.opened(bound) == [None] * len(KEYS)
    assert held.theirs.in_use != held.ours.in_use
    assert not held.theirs.holds(held.ours.in_use)
    with pytest.raises(Unavailable):
        held.theirs.wrap(held.ours.in_use, KEYS)


def test_a_rotation_wraps_anew_once_and_what_came_of_it_opens(held: Held) -> None:
    wrapped = held.ours.wrap(held.ours.in_use, KEYS)
    before = [(one, place) for one, (_, place) in zip(wrapped, KEYS, strict=True)]
    held.renew()
    now = held.ours.coming()
    assert held.ours.holds(now)
    anew = held.ours.rewrap(now, [*before, (b"no key", "intake|person/9")])
    assert anew[-1] is None
    after = [(one, place) for one, (_, place) in zip(anew[:-1], KEYS, strict=True) if one]
    assert len(after) == len(KEYS)
    assert not {one for one, _ in after} & {one for one, _ in before}
    assert held.ours.rewrap(now, after) == [one for one, _ in after], "what is done is passed over"
    for bound in (before, after):
        assert unwrapped(held.again(), bound) == [key for key, _ in KEYS]
    held.ours.finish(now)
    assert unwrapped(held.again(), after) == [key for key, _ in KEYS]


def test_a_file_without_a_next_one_does_not_rotate(tmp_path: Path) -> None:
    with pytest.raises(NoKeys, match="no next master key"):
        files(tmp_path).ours.coming()
