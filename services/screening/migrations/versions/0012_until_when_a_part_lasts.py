"""until when a part lasts."""

import sqlalchemy as sa
from alembic import op

import shared.columns

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('until', shared.columns.Instant(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.drop_column('until')
