"""What was heard says from which request it came, where traces are on."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("heard", sa.Column("traceparent", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("heard", "traceparent")
