"""Intake by itself."""

import pytest

from tests.conftest import Start
from tests.service.intake.desk import Desk


@pytest.fixture
async def desk(start: Start) -> Desk:
    return Desk(await start("intake"))
