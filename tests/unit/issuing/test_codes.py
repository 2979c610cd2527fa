"""A code with PKCE: for one person, one client and one address, once, for a minute."""

import base64
import hashlib

import pytest

from services.issuing.codes import LIVES, MOST, Codes
from services.issuing.people import Person
from shared.auth import Role

THARY = Person("thary-transit", "transit-centre", Role.CASEWORKER)
CLIENT, BACK, VERIFIER = "homeward", "http://127.0.0.1/signed-in", "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Clock:
    """Seconds that a test lets pass."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_code_is_taken_once() -> None:
    codes = Codes()
    code = codes.give(THARY, CLIENT, BACK, CHALLENGE)
    assert codes.take(code, CLIENT, BACK, VERIFIER) == THARY
    assert codes.take(code, CLIENT, BACK, VERIFIER) is None


@pytest.mark.parametrize(
    "wrong",
    [
        ("other", BACK, VERIFIER),
        (CLIENT, "http://127.0.0.1/elsewhere", VERIFIER),
        (CLIENT, BACK, "w" * 43),
        (CLIENT, BACK, CHALLENGE),
        (CLIENT, BACK, ""),
        (CLIENT, BACK, "សុខ"),
    ],
)
def test_what_does_not_fit_is_nobody_and_uses_the_code_up(wrong: tuple[str, str, str]) -> None:
    codes = Codes()
    code = codes.give(THARY, CLIENT, BACK, CHALLENGE)
    assert codes.take(code, *wrong) is None
    assert codes.take(code, CLIENT, BACK, VERIFIER) is None


def test_a_code_is_there_for_a_minute() -> None:
    clock = Clock()
    codes = Codes(clock)
    early, late = (codes.give(THARY, CLIENT, BACK, CHALLENGE) for _ in range(2))
    clock.now = LIVES
    assert codes.take(early, CLIENT, BACK, VERIFIER) == THARY
    clock.now = LIVES + 0.001
    assert codes.take(late, CLIENT, BACK, VERIFIER) is None


def test_there_are_never_more_than_a_bound() -> None:
    codes = Codes()
    first, *_, last = [codes.give(THARY, CLIENT, BACK, CHALLENGE) for _ in range(MOST + 1)]
    assert codes.take(first, CLIENT, BACK, VERIFIER) is None
    assert codes.take(last, CLIENT, BACK, VERIFIER) == THARY
