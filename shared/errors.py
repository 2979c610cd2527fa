"""The errors that become problem answers, by what they mean for the caller. Codes are stable.

Raise `Refused` where a rule says no, `Invalid` where the request says something that cannot be so, and `NotFound` for
what is missing or may not be seen. No error carries input or private text.
"""

import math


class HomewardError(Exception):
    """Base of all errors that become a problem answer: a stable code and harmless details (refs, counts, statuses)."""

    status = 500
    code = "internal"
    audited = False
    """Whether an entry of the audit says it already."""

    def __init__(self, code: str | None = None, **details: object) -> None:
        self.code = code or self.code
        self.details = details
        super().__init__(self.code)


class Refused(HomewardError):
    """A rule says no. Nothing was changed; the code names the rule."""

    status = 409
    code = "refused"


class SignInAgain(HomewardError):
    """The caller may do it, and has to show more of who they are first. The code says what."""

    status = 403


class Invalid(HomewardError):
    """The request is well-formed but says something that cannot be so."""

    status = 422
    code = "invalid"


class NotFound(HomewardError):
    """No such thing, or no right to know that there is one: both look the same."""

    status = 404
    code = "not_found"


class Stale(HomewardError):
    """If-Match names a version that is no longer the last."""

    status = 412
    code = "stale"


class VersionRequired(HomewardError):
    """A change of state needs If-Match."""

    status = 428
    code = "version_required"


class TooMany(HomewardError):
    """More than one address or caller may ask for; in so many seconds it may again. `bound` is counted in metrics."""

    status = 429

    def __init__(self, code: str | None = None, *, seconds: float, bound: str) -> None:
        self.seconds, self.bound = max(1, math.ceil(seconds)), bound
        super().__init__(code)


class Unavailable(HomewardError):
    """Try again later: a store, the keys or the audit could not be reached."""

    status = 503
    code = "unavailable"


class Contended(Unavailable):
    """Two transactions stood in each other's way and this one gave way: run it again from its beginning."""

    code = "busy"


class Poison(HomewardError):
    """An event that can never be applied. It parks its stream and nothing else."""

    code = "poison"
