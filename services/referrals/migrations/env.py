"""Runs this service's migrations; the same for every service but for the name of its package."""

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from shared.migrations import metadata_of

package = "services." + (context.config.get_main_option("script_location") or "").split("/")[-2]

engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=NullPool)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata_of(package), render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
