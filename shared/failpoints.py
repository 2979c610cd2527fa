"""Moments at which a test may kill, fail or freeze this process. In production each is a no-op.

`HOMEWARD_TEST_FAILPOINT=relay.after_publish:3:kill` acts when that moment is met for the third time. Actions: `kill`
(SIGKILL, the default), `raise` (an error nobody expects) and `pause` (SIGSTOP, until somebody sends SIGCONT).
"""

import itertools
import os
import signal
from collections.abc import Callable

VARIABLE = "HOMEWARD_TEST_FAILPOINT"


class Failed(Exception):
    """What `raise` raises: an error that no code foresees."""


def _fail() -> None:
    raise Failed


_ACTIONS: dict[str, Callable[[], None]] = {
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "raise": _fail,
    "pause": lambda: os.kill(os.getpid(), signal.SIGSTOP),
}


def armed(spec: str) -> Callable[[str], None]:
    """The failpoint of `name[:hit[:action]]`. It acts once, at that hit."""
    given = spec.split(":")
    name, hit, action = given + ["1", "kill"][len(given) - 1 :]
    act, hits = _ACTIONS[action], itertools.count(1)

    def failpoint(met: str) -> None:
        if met == name and next(hits) == int(hit):
            act()

    return failpoint


def _nothing(met: str) -> None:
    """No test asked for anything."""


failpoint = armed(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else _nothing
"""Called where a test may step in, with the moment's name."""
