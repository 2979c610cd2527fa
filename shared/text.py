"""Which characters a text may hold. Text is stored exactly as written: never trimmed, never normalised.

Khmer needs zero-width marks inside words. So characters that show nothing are allowed inside a text, and a text of
nothing else counts as blank.
"""

import re

from pydantic_core import PydanticCustomError

_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Default_Ignorable_Code_Point of the Unicode Character Database: a screen shows nothing for these."""

_EMPTY = "\u2800\U0001d159\ufff9-\ufffb"
"""Not ignorable to Unicode, and yet nothing to see: the blank braille cell, a note without a head."""

_CONTROL = "\x00-\x1f\x7f-\x9f"
_SHOWN = re.compile(rf"[^\s{_CONTROL}{_IGNORABLE}{_EMPTY}]")
_NEVER = "\ufeff\ud800-\udfff"
_NOT_IN_A_LINE = re.compile(rf"[{_CONTROL}{_NEVER}\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Controls, ends of lines, and the marks that turn the direction of what follows: one name looks like another."""

_NOT_IN_A_TEXT = re.compile(rf"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f{_NEVER}]")


def one_line(value: str) -> str:
    """A name, a label, a reference. Raises for what is blank on a screen, and for controls and turned directions."""
    return _checked(value, _NOT_IN_A_LINE)


def many_lines(value: str) -> str:
    """What somebody said or wrote. It may have new lines and tabs, and no other control."""
    return _checked(value, _NOT_IN_A_TEXT)


def _checked(value: str, refused: re.Pattern[str]) -> str:
    if refused.search(value):
        raise PydanticCustomError("text_with_controls", "text holds a character that cannot be shown as written")
    if not _SHOWN.search(value):
        raise PydanticCustomError("text_blank", "text shows nothing")
    return value
