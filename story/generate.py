"""Makes scenario folders of any number of invented people by a seed, so that teams and tests can rehearse.

Only names and families are drawn; all else follows from them in `furnish`. The header is the example's own.
"""

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from random import Random

from story import furnish, furnish_grants
from story.furnish import HANDED_OVER, Cells, Somebody
from story.rows import Person

EXAMPLE = Path(__file__).parents[1] / "examples" / "long-an-33"
NAMES: dict[str, list[list[str]]] = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
COLUMNS = (
    *("STT", "Họ và tên", "Tên gọi khác", "Nam/Nữ", "Ngày, năm sinh", "Người lớn (từ 16 tuổi)"),
    *("Trẻ em (dưới 16 tuổi)", "Nơi thường trú", "Ngày tạm giữ", "Hoàn cảnh phát hiện", "Ghi chú"),
)
GRANT = 30_000
"""More than any grant of `furnish_grants`, in cents: the budget is made to suffice."""

PLACES = ("chantrea", "kampong-rou", "svay-teab", "romeas-haek")
PEOPLE = tuple(Person.model_fields)


class Families:
    """Draws households: some of children alone whose mother waits at home, some of one adult alone."""

    def __init__(self, draw: Random, adults_from: int) -> None:
        self.draw = draw
        self.listed = 0
        self.officer: dict[int, str] = {}
        self._adults_from = adults_from
        self._names: set[str] = set()

    def _named(self, family: list[str], sex: str) -> list[str]:
        """A full name in three spellings that nobody of the group has yet."""
        given = self.draw.choice(NAMES["female" if sex == "FEMALE" else "male"])
        name = [f"{a} {b}" for a, b in zip(family, given, strict=True)]
        if name[1] in self._names:
            return self._named(self.draw.choice(NAMES["family"]), sex)
        self._names.add(name[1])
        return name

    def person(
        self, household: str, relation: str, family: list[str], *, sex: str, age: int, listed: bool = True
    ) -> Cells:
        """One line of people.csv; whoever is listed gets the next line of the officer's list."""
        khmer, latin, vietnamese = self._named(family, sex)
        cells = dict.fromkeys(PEOPLE, "")
        born = date(HANDED_OVER.year - age, self.draw.randint(1, 10), self.draw.randint(1, 28))
        precision = "YEAR" if self.draw.random() < 0.06 and age not in (0, 17, 18) else "DAY"
        if listed:
            self.listed += 1
            self.officer[self.listed] = vietnamese
            detained = date(2015, 9, self.draw.randint(1, 9))
            cells |= {"line": str(self.listed), "detained_from": str(detained), "detained_until": str(HANDED_OVER)}
            if age < self._adults_from:
                cells["accompanied"] = self.draw.choice(["SEPARATED", "UNACCOMPANIED"])
        return cells | {
            "key": latin.lower().replace(" ", "-"),
            "arrival": "PRESENT" if listed else "HOME",
            "household": household,
            "relation": relation,
            "name_km": khmer,
            "name_latin": latin,
            "sex": sex,
            "home": self.draw.choice(PLACES),
            "birth": str(born.year) if precision == "YEAR" else str(born),
            "birth_precision": precision,
        }

    def _sex(self) -> str:
        return self.draw.choice(["FEMALE", "MALE"])

    def household(self, number: int, room_for: int) -> Iterator[Somebody]:
        """Three in four households sent children; nobody is made who would not fit into the group."""
        key, family = f"h{number:03d}", self.draw.choice(NAMES["family"])
        if number % 4 == 0:
            adult = self.person(key, "HEAD", family, sex=self._sex(), age=self.draw.randint(19, 48))
            yield Somebody(adult, 30, "REVIEW" if number % 8 == 0 else "EXPLOITED_MIGRANT", None)
            return
        mother = self.person(
            key, "HEAD", self.draw.choice(NAMES["family"]), sex="FEMALE", age=self.draw.randint(34, 50), listed=False
        )
        yield Somebody(mother, 40, "", None)
        for _ in range(min(room_for, self.draw.choice([1, 1, 2, 2, 3]))):
            age = self.draw.randint(6, 16)
            child = self.person(key, "CHILD", family, sex=self._sex(), age=age)
            yield Somebody(child, age, "VOT_PRESUMED" if self.draw.random() < 0.1 else "VOT", mother["key"])


def invent(people: int, seed: int) -> tuple[list[Somebody], dict[int, str]]:
    """So many people who arrive, with those who wait at home, and the names as the officer wrote them."""
    families = Families(Random(seed), adults_from=18)  # noqa: S311 - rehearsal data, not a secret
    group: list[Somebody] = []
    number = 3
    while families.listed < people:
        group += families.household(number, people - families.listed)
        number += 1
    return group, families.officer


def write_sheet(path: Path, columns: Iterable[str], lines: Iterable[Cells]) -> None:
    """One CSV as a spreadsheet would save it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def write_list(path: Path, group: list[Somebody], officer: dict[int, str]) -> None:
    """The officer's list: a title, the officer's own columns, names by ear."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file, lineterminator="\r\n")
        sheet.writerow(["DANH SÁCH CÔNG DÂN CAMPUCHIA BÀN GIAO QUA CỬA KHẨU MỘC BÀI"])
        sheet.writerow(COLUMNS)
        for one in group:
            cells = one.cells
            if cells["line"]:
                marks = ["", "x"] if one.age < 16 else ["x", ""]
                held = date.fromisoformat(cells["detained_from"]).strftime("%d/%m/%Y")
                sheet.writerow(
                    [
                        cells["line"],
                        officer[int(cells["line"])],
                        "",
                        "Nữ" if cells["sex"] == "FEMALE" else "Nam",
                        cells["birth"][:4],
                        *marks,
                        "Xvay Riêng",
                        held,
                        "",
                        "",
                    ]
                )


def furnish_folder(folder: Path, group: list[Somebody], draw: Random) -> None:
    """Every file that follows from who the people are."""
    arrived = [one for one in group if one.cells["arrival"] in ("PRESENT", "ADDED")]
    write_sheet(folder / "people.csv", PEOPLE, [one.cells for one in group])
    sheets = {
        "stays": furnish.stays,
        "consents": furnish.consents,
        "interviews": furnish.interviews,
        "decisions": furnish.decisions,
        "placements": furnish.placements,
        "help": furnish.help_given,
        "visits": furnish.visits,
        "memberships": furnish_grants.memberships,
        "grants": furnish_grants.grants,
        "costs": furnish_grants.costs,
        "instalments": furnish_grants.instalments,
        "checks": furnish_grants.checks,
    }
    for name, lines in sheets.items():
        rows = list(lines(arrived))
        if rows:
            write_sheet(folder / f"{name}.csv", rows[0], rows)
    write_sheet(folder / "answers.csv", ["person", "source", *furnish.QUESTIONS], furnish.answers(arrived, draw))


def generate(folder: Path, people: int, seed: int) -> Path:
    """A whole scenario folder; the same number and seed make the same folder, byte for byte."""
    folder.mkdir(parents=True, exist_ok=True)
    group, officer = invent(people, seed)
    furnish_folder(folder, group, Random(seed))  # noqa: S311 - rehearsal data, not a secret
    write_list(folder / "list.csv", group, officer)
    listed = [one for one in group if one.cells["line"]]
    child = next(one for one in listed if one.child)
    adult = next((one for one in listed if not one.child), child)
    header = (EXAMPLE / "story.toml").read_text("utf-8")
    budget = str(GRANT * (1 + people))
    for key, value in {"child_seen": f'"{child.key}"', "adult_seen": f'"{adult.key}"', "budget": budget}.items():
        header = re.sub(rf"^{key} = .*$", f"{key} = {value}", header, flags=re.MULTILINE)
    (folder / "story.toml").write_text(header, "utf-8")
    return folder
