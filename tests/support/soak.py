"""How many times as long, or as much, as in `.ci/run`: `make soak` says 3. HOMEWARD_TEST_SOAK says another."""

import os

SOAK = float(os.environ.get("HOMEWARD_TEST_SOAK", "1"))
