"""Referrals alone, driven by hand, hearing what the other three would tell."""

import pytest

from tests.conftest import Start
from tests.service.referrals.desk import Desk


@pytest.fixture
async def desk(start: Start) -> Desk:
    """Referrals, with the people who work there."""
    return Desk(await start("referrals"))
