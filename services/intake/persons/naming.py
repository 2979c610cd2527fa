"""Keys under which the same name meets in Khmer, Vietnamese and Latin letters, whichever part comes first.

A key is a skeleton of consonant classes, good for finding and never for deciding. A name itself is kept
as written; nothing here changes one.
"""

import re
import unicodedata
from collections.abc import Iterator

STROKED = str.maketrans({"đ": "d", "Đ": "D", "ø": "o", "ł": "l"})
"""Letters that no decomposition takes apart."""

_SPELLED = (
    (r"ngh?", "q"),
    (r"nh|ny|gn", "n"),
    (r"chh|ch|j", "c"),
    (r"kh|gh|ck|[kgcq]", "k"),
    (r"ph|bh|[pbf]", "p"),
    (r"th|dh|[td]", "t"),
    (r"sh|[sxz]", "s"),
    (r"[vw]", "v"),
    (r"[lrmh]", None),
    (r"^y", "y"),
    (r"n", "n"),
)
_LATIN = re.compile("|".join(f"({pattern})" for pattern, _ in _SPELLED))

_KHMER = {
    mark: kind
    for kind, marks in {
        "k": "កខគឃ", "q": "ង", "c": "ចឆជឈ", "n": "ញណន", "t": "ដឋឌឍតថទធ", "p": "បផពភ", "m": "មំ",
        "y": "យ", "r": "រ", "l": "លឡ", "v": "វ", "s": "ឝឞស", "h": "ហ", "": "អ",
    }.items()
    for mark in marks
}  # fmt: skip
_COENG, _SILENT, _GLOTTAL = "\u17d2", "\u17cd", "\u17c8"


def plain(text: str) -> str:
    """The text composed, without zero-width marks, with one kind of space and with any decimal digits as 0-9."""
    kept = (mark for mark in unicodedata.normalize("NFC", text) if unicodedata.category(mark) != "Cf")
    digits = (mark if (digit := unicodedata.decimal(mark, None)) is None else str(digit) for mark in kept)
    return " ".join("".join(digits).split())


def matching_keys(name: str) -> frozenset[str]:
    """The keys of a name, as written and with its first or last word at the other end.

    Names that share a key may be one name. A name of vowels alone is its own key.
    """
    words = plain(name).casefold().split()
    orders = (order for reading in _readings(words) for order in _orders(reading))
    keys = {re.sub(r"(.)\1+", r"\1", "".join(order)) for order in orders}
    return frozenset(keys - {""}) or frozenset({_bare(word) for word in words})


def may_be_same(one: str, other: str) -> bool:
    """Do two names share a key? People decide whether that is one person."""
    return not matching_keys(one).isdisjoint(matching_keys(other))


def _orders(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    yield (*words[1:], *words[:1])
    yield (*words[-1:], *words[:-1])


def _readings(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Vietnamese letters have two: by the page, and by ear, where d and gi sound like y."""
    yield tuple(_skeleton(word) for word in words)
    if any(_vietnamese(word) for word in words):
        yield tuple(_skeleton(re.sub(r"^(d|gi(?=[aeiou]))", "y", _bare(word, stroked=False))) for word in words)


def _vietnamese(word: str) -> bool:
    return any(mark in "đơưă" or len(unicodedata.normalize("NFD", mark)) > 1 for mark in word) and not _khmer(word)


def _khmer(word: str) -> bool:
    return any("\u1780" <= mark <= "\u17ff" for mark in word)


def _bare(word: str, *, stroked: bool = True) -> str:
    """Without accents. The stroke of d is kept apart where it tells d from y."""
    decomposed = unicodedata.normalize("NFD", word.translate(STROKED) if stroked else word.replace("đ", "t"))
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _skeleton(word: str) -> str:
    """Classes without vowels; y counts only at the beginning, and a last r or h is not said."""
    sounds = _khmer_sounds(word) if _khmer(word) else _latin_sounds(_bare(word))
    said = re.sub(r"(?<=\.)[rh]$", "", re.sub(r"(.)\1+", r"\1", sounds))
    return re.sub(r"\.|(?<!^)y", "", said)


def _latin_sounds(word: str) -> str:
    found, last = "", 0
    for match in _LATIN.finditer(word):
        kind = _SPELLED[(match.lastindex or 1) - 1][1] or match[0]
        found += ("." if match.start() > last else "") + kind
        last = match.end()
    return found + ("." if last < len(word) else "")


def _khmer_sounds(word: str) -> str:
    """Classes with a dot wherever a vowel is said; a consonant without a sign below has one of its own."""
    word = re.sub(f"[\u1780-\u17a2](?:{_COENG}.)?[\u17b6-\u17c5]?{_SILENT}", "", word)
    word = re.sub(f"{_COENG}.$", "", word)
    found = ""
    for place, mark in enumerate(word):
        below = place > 0 and word[place - 1] == _COENG
        if mark in _KHMER:
            needs_vowel = found and not below and found[-1] != "."
            found += ("." if needs_vowel and mark != "ំ" else "") + _KHMER[mark]
        elif mark == _GLOTTAL:
            found += ".k"
        elif "\u17a3" <= mark <= "\u17c5":
            found += "."
    return found
