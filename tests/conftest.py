"""For every test: seeds that are printed, and no setting that leaks in from the developer's shell.

Seeds are drawn anew for each run so that the suite keeps looking; the header shows the one to repeat a run with.
"""

import os
import secrets

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "homeward", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
settings.load_profile("homeward")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Draw the seed before Hypothesis reads its option; workers inherit the controller's."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(secrets.randbelow(2**32))
    for name in [name for name in os.environ if name.startswith("HOMEWARD_")]:
        if not name.startswith("HOMEWARD_TEST_"):
            del os.environ[name]


def pytest_report_header(config: pytest.Config) -> str:
    return f"repeat with: --hypothesis-seed={config.option.hypothesis_seed}"
