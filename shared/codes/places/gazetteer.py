"""Which area a code named on a day, what became of it, and how to show it to a reader of another day.

A place of the past is never rewritten; showing it adds the area that it is part of now.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from importlib.resources import files

from shared.codes.lists import Language
from shared.codes.places.area import Area
from shared.codes.places.reading import areas_in
from shared.codes.places.value import Place, Province

_NOW_PART_OF = {
    Language.KM: "{name} (បច្ចុប្បន្នជាផ្នែកនៃ{now})",
    Language.VI: "{name} (nay thuộc {now})",
    Language.EN: "{name} (now part of {now})",
}
_NOW = {
    Language.KM: "{name} (បច្ចុប្បន្នឈ្មោះ{now})",
    Language.VI: "{name} (nay là {now})",
    Language.EN: "{name} (now {now})",
}


class Gazetteer:
    """Areas by country and code. Built once, never changed."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self.areas = tuple(sorted(areas, key=lambda area: (area.country, area.code, area.valid_from)))
        self._by_code: dict[tuple[str, str], list[Area]] = defaultdict(list)
        self._heirs: dict[tuple[str, str, date], list[Area]] = defaultdict(list)
        for area in self.areas:
            self._by_code[area.country, area.code].append(area)
        for area in self.areas:
            for heir in self.successors(area):
                self._heirs[heir.country, heir.code, heir.valid_from].append(area)

    def resolve(self, country: str, code: str, on: date) -> Area | None:
        """What the code meant on that day, if it meant anything."""
        return next((area for area in self._by_code.get((country, code), ()) if area.holds_on(on)), None)

    def successors(self, area: Area) -> tuple[Area, ...]:
        """What became of the area on the day after its last; nothing if it still exists."""
        if area.valid_to is None:
            return ()
        day = area.valid_to + timedelta(days=1)
        found = (self.resolve(area.country, code, day) for code in area.successors)
        return tuple(heir for heir in found if heir is not None)

    def predecessors(self, area: Area) -> tuple[Area, ...]:
        """Which areas this one came from."""
        return tuple(self._heirs.get((area.country, area.code, area.valid_from), ()))

    def as_of(self, area: Area, day: date) -> tuple[Area, ...]:
        """The areas that stand where this one stood, on a later day."""
        if area.valid_to is None or day <= area.valid_to:
            return (area,)
        return tuple(last for heir in self.successors(area) for last in self.as_of(heir, day)) or (area,)


def _with_us() -> Gazetteer:
    data = files("shared.codes.places").joinpath("data")
    names = ("cambodia.csv", "viet_nam.csv")
    return Gazetteer(area for name in names for area in areas_in(data.joinpath(name).read_text("utf-8"), name))


_in_use = _with_us()


def use(more: Iterable[Area]) -> None:
    """Add a whole gazetteer to the provinces that come along. Called once, at start, before anything is read."""
    global _in_use  # noqa: PLW0603 -- reference data of the process, like the code lists
    mine = tuple(more)
    replaced = {(area.country, area.code) for area in mine}
    kept = (area for area in _in_use.areas if (area.country, area.code) not in replaced)
    _in_use = Gazetteer((*kept, *mine))


def known() -> Gazetteer:
    """The gazetteer in use."""
    return _in_use


def resolve(country: str, code: str, on: date) -> Area | None:
    """What the code meant on that day, in the gazetteer in use."""
    return _in_use.resolve(country, code, on)


def parent_code(country: str, code: str) -> str | None:
    """The code of the area around it, where the code tells: Cambodia's do, Viet Nam's do not."""
    return code[:-2] if country == "KH" and len(code) > 2 else None


def display(place: Place | Province | Area, as_of: date, language: Language | str) -> str:
    """The place for a reader of that day: `Long An (now part of Tay Ninh)`. As written, where no code is known."""
    tongue = Language(language)
    written = place.name_as_written if isinstance(place, Place) else None
    area = place if isinstance(place, Area) else _area_of(place)
    if area is None:
        return written or ""
    shown = _shown(area, as_of, tongue)
    exact = isinstance(place, Area) or place.code == area.code
    return shown if exact or not written else f"{written}, {shown}"


def _area_of(place: Place | Province) -> Area | None:
    """The smallest known area that holds the place."""
    code, day = place.code, place.valid_from
    while code is not None and day is not None:
        if (area := resolve(place.country, code, day)) is not None:
            return area
        code = parent_code(place.country, code)
    return None


def _shown(area: Area, as_of: date, language: Language) -> str:
    name = area.names[language]
    heirs = _in_use.as_of(area, as_of)
    now = ", ".join(dict.fromkeys(heir.names[language] for heir in heirs))
    if now == name:
        return name
    alone = all(len(_in_use.predecessors(heir)) == 1 for heir in heirs)
    return (_NOW if alone else _NOW_PART_OF)[language].format(name=name, now=now)
