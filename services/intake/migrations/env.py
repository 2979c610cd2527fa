"""Runs this service's migrations; the same for every service but for the name of its package."""

from alembic import context

from shared.storage.migrations import run_script

run_script("services." + (context.config.get_main_option("script_location") or "").split("/")[-2])
