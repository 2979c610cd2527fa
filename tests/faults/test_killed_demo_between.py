"""A demo killed at the moments between those of `test_killed_demo`: a file of its own, so that both run at a time."""

from pathlib import Path

import pytest

from tests.support.told import Run, moments, survives

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.mark.parametrize("fraction", moments()[1::2])
def test_killed_at_every_other_of_twenty_moments(tmp_path: Path, whole: Run, fraction: float) -> None:
    survives(tmp_path, whole, fraction)
