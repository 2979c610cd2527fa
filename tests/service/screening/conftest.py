"""One case at a screening service that runs alone."""

import pytest

from tests.conftest import Start
from tests.service.screening.casework import Casework


@pytest.fixture
async def casework(start: Start) -> Casework:
    return Casework(await start("screening"))
