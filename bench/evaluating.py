"""How many recorded answers the rules of screening evaluate a second, on one core, without a service."""

import json
import random
from time import process_time

from bench.measure import Figure, Scale
from services.operating.screening_commands import said
from services.screening.determinations.recorded import evaluated
from services.screening.determinations.rules import LATEST
from services.screening.interviews.state import Value

LINES, SEED = 20_000, 33


async def alone(scale: Scale) -> list[Figure]:
    """Lines with every indicator, as the longest are."""
    draw = random.Random(SEED)  # noqa: S311 -- cases, not secrets
    lines = [_line(draw) for _ in range(scale.of(LINES))]
    rates = []
    for _ in range(scale.rounds):
        begun = process_time()
        for line in lines:
            json.dumps(evaluated(LATEST, said(line)))
        rates.append(len(lines) / (process_time() - begun))
    return [Figure("-", "recorded answers of all indicators evaluated by the rules alone", 3_000, 6_000, rates, "/s")]


def _line(draw: random.Random) -> bytes:
    answers = {code: draw.choice(list(Value)) for code in LATEST.indicators}
    return json.dumps({"child": draw.random() < 0.5, "answers": answers, "facts": {"act": True}}).encode()
