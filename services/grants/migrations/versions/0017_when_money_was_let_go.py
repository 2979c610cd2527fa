"""when money was let go."""

import sqlalchemy as sa
from alembic import op

import shared.columns

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('instalment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('let_go_at', shared.columns.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('instalment', schema=None) as batch_op:
        batch_op.drop_column('let_go_at')
