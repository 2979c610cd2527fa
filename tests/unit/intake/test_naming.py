"""One name in Khmer, Vietnamese and Latin letters, and in either order, is found by one key. All names are invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.persons.naming import matching_keys, may_be_same, plain

SAME = [
    ("សុខ ដារ៉ា", "Sok Dara", "DARA SOK", "Xốc Đa Ra"),
    ("ចាន់ សុផល", "Chan Sophal", "Chann Sophall"),
    ("ហេង ស្រីណា", "Heng Sreyna", "Hêng Srây Na"),
    ("ច័ន្ទ វិជ្ជា", "Chan Vichea", "Chan Vichhea"),
    ("យាន ពិសិដ្ឋ", "Yan Piseth", "Dan Pi Sết"),
    ("លី បុប្ផា", "Ly Bopha", "Li Bôp Pha"),
    ("សុវណ្ណ", "Sovann", "Sô Van"),
    ("ធារ៉ា", "Theara", "Thia Ra"),
    ("កញ្ញា", "Kanha", "Can Nha"),
    ("វីរៈ", "Vireak", "Vi Rek"),
]
PAIRS = [(group[0], other) for group in SAME for other in group[1:]]


@pytest.mark.parametrize(("khmer", "other"), PAIRS)
def test_h17_khmer_vietnamese_and_latin_forms_of_one_name_match(khmer: str, other: str) -> None:
    assert may_be_same(khmer, other)


@pytest.mark.parametrize(
    ("written", "typed"), [("Đặng Văn Dương", "Dang Van Duong"), ("Nguyễn Thị Hoà", "nguyen thi hoa")]
)
def test_h17_the_stroke_of_d_and_tone_marks_do_not_part_a_name(written: str, typed: str) -> None:
    assert may_be_same(written, typed)


def test_h17_zero_width_marks_and_ways_of_composing_do_not_part_a_name() -> None:
    assert matching_keys("សុ\u200bខ \u200dដារ៉ា") == matching_keys("សុខ ដារ៉ា")
    assert matching_keys("Đă\u0323ng") == matching_keys("Đặng")


def test_h17_khmer_digits_are_digits() -> None:
    assert plain(" ០១២\u200b ៣៤៥ ") == "012 345"


def test_other_names_do_not_match() -> None:
    firsts = [group[0] for group in SAME]
    assert [(one, two) for one in firsts for two in firsts if one < two and may_be_same(one, two)] == []
    assert not may_be_same("Sok Dara", "Chan Sophal")


def test_a_name_of_vowels_alone_is_its_own_key() -> None:
    assert may_be_same("Ai", "ÁI")
    assert not may_be_same("Ai", "Oe")


@given(st.text(min_size=1, max_size=30))
def test_any_text_has_keys_and_matches_itself(name: str) -> None:
    assert not plain(name) or may_be_same(name, name)


@given(st.lists(st.sampled_from(["Sok", "Dara", "Heng", "Srey", "Vichea"]), min_size=2, max_size=2))
def test_either_order_matches(words: list[str]) -> None:
    assert may_be_same(" ".join(words), " ".join(reversed(words)))
