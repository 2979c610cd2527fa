"""Places: codes with dates, what became of them, nesting, gates, and gazetteers read from files."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.codes import lookup
from shared.codes.authorities import read as read_authorities
from shared.codes.authorities import resolve as resolve_authority
from shared.codes.places import (
    Gazetteer,
    Place,
    Province,
    Unreadable,
    areas_in,
    display,
    gate_sides,
    gazetteer,
    known,
    nests,
    parent_code,
    read_file,
    resolve,
    use,
)
from shared.codes.places.__main__ import check

RETURN, TODAY = date(2015, 11, 4), date(2026, 11, 23)
HEADER = "country,code,valid_from,valid_to,name_km,name_vi,name_en,successors"
EXAMPLE = Path(__file__).with_name("gazetteer.csv")
REUSED = [("80", "Long An", "Tay Ninh"), ("82", "Tien Giang", "Dong Thap"), ("91", "Kien Giang", "An Giang"),
          ("52", "Binh Dinh", "Gia Lai"), ("24", "Bac Giang", "Bac Ninh")]  # fmt: skip


def english(country: str, code: str, on: date) -> str | None:
    area = resolve(country, code, on)
    return area.names["en"] if area is not None else None


def test_h14_long_an_of_2015_reads_right_in_2026() -> None:
    place = Place(country="VN", code="80", valid_from=RETURN, name_as_written="Tỉnh Long An")
    assert display(place, TODAY, "en") == "Long An (now part of Tay Ninh)"
    assert display(place, TODAY, "vi") == "Long An (nay thuộc Tây Ninh)"
    assert display(place, TODAY, "km") == "ឡុងអាន (បច្ចុប្បន្នជាផ្នែកនៃតៃនិញ)"
    assert display(place, RETURN, "en") == "Long An"
    assert place.name_as_written == "Tỉnh Long An"


@pytest.mark.parametrize(("code", "before", "after"), REUSED)
def test_h14_a_code_means_what_it_meant_on_the_day(code: str, before: str, after: str) -> None:
    assert english("VN", code, date(2025, 6, 30)) == before
    assert english("VN", code, date(2025, 7, 1)) == after


def test_h14_dolisa_resolves_by_date() -> None:
    then, now = (resolve_authority("DOLISA_LONG_AN", on) for on in (RETURN, TODAY))
    assert then is not None and then.names["vi"] == "Sở Lao động - Thương binh và Xã hội tỉnh Long An"
    assert now is not None and now.names["vi"] == "Sở Y tế tỉnh Tây Ninh"
    between = resolve_authority("DOLISA_LONG_AN", date(2025, 4, 1))
    assert between is not None and between.code == "DOH_LONG_AN"
    assert resolve_authority("DOH_TAY_NINH", RETURN) is None
    assert resolve_authority("NOBODY", TODAY) is None


@pytest.mark.parametrize("line", ['kind = "NO_SUCH_KIND"', 'kind = "POLICE"\nsuccessor = "NOBODY"'])
def test_an_authority_has_a_kind_and_a_successor_that_exists(line: str) -> None:
    with pytest.raises(ValueError, match="authority A has"):
        read_authorities(f'[A]\ncountry = "VN"\nen = "A"\nkm = "ក"\nvi = "A"\n{line}')


def test_viet_nam_had_63_provinces_and_has_34() -> None:
    areas = [area for area in known().areas if area.country == "VN"]
    assert sum(area.holds_on(date(2025, 6, 30)) for area in areas) == 63
    assert sum(area.holds_on(date(2025, 7, 1)) for area in areas) == 34


def test_every_province_that_ended_has_a_successor_that_stands_today() -> None:
    for area in known().areas:
        heirs = known().as_of(area, TODAY)
        assert heirs and all(heir.holds_on(TODAY) for heir in heirs), area


def test_a_province_that_only_changed_its_name_says_so() -> None:
    hue = resolve("VN", "46", RETURN)
    assert hue is not None
    assert display(hue, TODAY, "en") == "Thua Thien Hue (now Hue)"


def test_a_code_nobody_knows_names_nothing() -> None:
    assert resolve("VN", "03", TODAY) is None
    assert resolve("KH", "25", date(2012, 1, 1)) is None
    written = Place(country="OTHER", name_as_written="ຈຳປາສັກ")
    assert display(written, TODAY, "km") == "ຈຳປາສັກ"
    assert display(Province(country="KH", code="99", valid_from=TODAY), TODAY, "en") == ""


def test_h15_cambodian_codes_keep_their_zeros_and_nest() -> None:
    assert english("KH", "01", TODAY) == "Banteay Meanchey"
    assert nests("01020304", "010203") and nests("010203", "0102") and nests("0102", "01")
    assert not nests("01020304", "010204")
    assert not nests("0102", "0102")
    assert english("KH", "25", TODAY) == "Tboung Khmum"
    assert sum(len(area.code) == 2 for area in known().areas if area.country == "KH") == 25


@given(st.text("0123456789", min_size=8, max_size=8))
def test_h15_a_village_nests_in_its_commune_district_and_province(village: str) -> None:
    assert all(nests(village, village[:digits]) for digits in (2, 4, 6))
    assert parent_code("KH", village) == village[:6]
    assert not nests(village[:6], village)
    assert isinstance(Place(country="KH", code=village, valid_from=TODAY).code, str)


def test_viet_nams_codes_do_not_tell_what_is_around_them() -> None:
    assert parent_code("VN", "80123") is None
    assert parent_code("KH", "20") is None


def test_a_village_is_shown_with_the_smallest_area_known_around_it() -> None:
    village = Place(country="KH", code="20021201", valid_from=RETURN, name_as_written="ភូមិថ្នោត")
    assert display(village, TODAY, "km") == "ភូមិថ្នោត, កំពង់រោទ៍"
    assert village.province == Province(country="KH", code="20", valid_from=RETURN)


def test_a_place_names_something() -> None:
    assert Place(country="KH", name_as_written="?").province is None
    wrongs: list[dict[str, object]] = [
        {"country": "KH"},
        {"country": "KH", "code": "20"},
        {"country": "KH", "valid_from": TODAY},
        {"country": "KH", "code": "2", "valid_from": TODAY},
        {"country": "XX", "name_as_written": "x"},
    ]
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            Place.model_validate(wrong)


def test_a_gate_keeps_its_name_and_its_province_changes() -> None:
    before, after = (gate_sides("PREY_VOR_BINH_HIEP", on).vietnamese for on in (RETURN, TODAY))
    assert before is not None and before.names["en"] == "Long An"
    assert after is not None and after.names["en"] == "Tay Ninh"


@pytest.mark.parametrize("gate", lookup("border_gate").codes)
@pytest.mark.parametrize("on", [date(2025, 6, 30), TODAY])
def test_every_gate_but_the_unknown_one_has_two_sides(gate: str, on: date) -> None:
    sides = gate_sides(gate, on)
    named = sides.cambodian is not None and sides.vietnamese is not None
    assert named == (gate != "OTHER_UNKNOWN")


def test_a_whole_gazetteer_can_be_read_in() -> None:
    areas = read_file(EXAMPLE)
    whole = Gazetteer((*known().areas, *areas))
    commune = whole.resolve("KH", "200212", TODAY)
    assert commune is not None and commune.names["en"] == "Tnaot"
    split = whole.resolve("KH", "030199", RETURN)
    assert split is not None
    assert [heir.code for heir in whole.as_of(split, TODAY)] == ["250101"]


def test_what_is_read_in_replaces_what_came_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gazetteer, "_in_use", known())
    use(areas_in(f"{HEADER}\nKH,2002,2008-12-22,,ក,Other,Other,", "more.csv"))
    assert english("KH", "2002", TODAY) == "Other"
    assert english("KH", "2001", TODAY) == "Chantrea"


def test_all_faults_of_a_file_are_told_with_line_and_column() -> None:
    rows = (
        "KH,2002,2020-01-01,,ក,A,A,",
        "KH,102,2020-13-01,,ក,A,A,",
        "XX,20,2020-01-01,2019-01-01,,A,A,",
        "KH,21,2020-01-01,,ក,A,A,2x",
    )
    with pytest.raises(Unreadable) as refusal:
        areas_in("\n".join((HEADER, *rows)), "list.csv")
    assert [fault.split(":")[1:3] for fault in refusal.value.faults] == [
        ["3", " column code"],
        ["3", " column valid_from"],
        ["4", " column country"],
        ["4", " column valid_to"],
        ["4", " column name_km"],
        ["5", " column successors"],
        ["5", " column successors"],
    ]


def test_one_code_has_one_meaning_a_day() -> None:
    text = "\n".join((HEADER, "KH,20,2020-01-01,,ក,A,A,", "KH,20,2021-01-01,,ខ,B,B,"))
    with pytest.raises(Unreadable, match="KH 20 has two meanings on 2021-01-01"):
        areas_in(text)


def test_a_file_without_its_columns_or_not_in_utf_8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="column successors is missing"):
        areas_in(HEADER.removesuffix(",successors"))
    (tmp_path / "old.csv").write_bytes("country,Sở".encode("utf-16"))
    with pytest.raises(Unreadable, match=r"old\.csv: byte 0 is not UTF-8"):
        read_file(tmp_path / "old.csv")
    with pytest.raises(Unreadable, match="x:1: unexpected end of data"):
        areas_in(f'{HEADER}\n"KH', "x")


def test_a_gazetteer_is_checked_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(EXAMPLE) == 0
    assert "KH codes of 8 digits: 2" in capsys.readouterr().out
    assert check(tmp_path / "none.csv") == 1
