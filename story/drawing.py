"""Draws a journey: a lane per service, time to the right, a dot where a fact was told, a ring where it was heard."""

from html import escape
from itertools import groupby

from story.printing import mark
from story.sheets import SERVICES, Fact, Journey, said, word

LANE, STEP, LEFT, TOP = 46, 15, 104, 34


def _x(place: int) -> int:
    return LEFT + STEP * place + STEP


def _y(service: str) -> int:
    return TOP + LANE * SERVICES.index(service) + LANE // 2


def _fact(place: int, fact: Fact) -> str:
    lanes = [service for service in SERVICES if mark(fact.source, fact.seen_by, service) != "ignored"]
    top, bottom = min(map(_y, lanes)), max(map(_y, lanes))
    rings = "".join(
        f'<circle class="heard" cx="{_x(place)}" cy="{_y(service)}" r="3.5"/>'
        for service in lanes
        if service != fact.source
    )
    return (
        f"<g><title>{escape(fact.effective[:16].replace('T', ' '))} {escape(fact.kind)}</title>"
        f'<line class="told" x1="{_x(place)}" x2="{_x(place)}" y1="{top}" y2="{bottom}"/>{rings}'
        f'<circle class="source" cx="{_x(place)}" cy="{_y(fact.source)}" r="5"/></g>'
    )


def _days(facts: tuple[Fact, ...]) -> str:
    """A tick where another day begins; a label where there is room for one."""
    marks, last = [], -99
    for day, found in groupby(enumerate(facts), key=lambda placed: placed[1].effective[:10]):
        place = next(found)[0]
        x, bottom = _x(place) - STEP // 2, TOP + LANE * len(SERVICES)
        marks.append(f'<line class="day" x1="{x}" x2="{x}" y1="{TOP - 6}" y2="{bottom}"/>')
        if x - last >= 34:
            marks.append(f'<text class="day" x="{x + 2}" y="{TOP - 10}">{day[8:10]}.{day[5:7]}.</text>')
            last = x
    return "".join(marks)


def _lanes(width: int) -> str:
    return "".join(
        f'<line class="lane" x1="{LEFT}" x2="{width - 8}" y1="{_y(service)}" y2="{_y(service)}"/>'
        f'<text class="lane" x="0" y="{_y(service) + 5}">{service}</text>'
        for service in SERVICES
    )


def picture(journey: Journey) -> str:
    """The journey as one inline SVG with a title that a screen reader speaks."""
    width = _x(len(journey.facts)) + 10
    height = TOP + LANE * len(SERVICES) + 8
    title = f"{said(word(journey.key), 'en')}: {journey.case_number}"
    facts = "".join(_fact(place, fact) for place, fact in enumerate(journey.facts))
    return (
        f'<svg role="img" aria-labelledby="{journey.key}-picture" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">'
        f'<title id="{journey.key}-picture">{escape(title)}</title>{_days(journey.facts)}{_lanes(width)}{facts}</svg>'
    )
