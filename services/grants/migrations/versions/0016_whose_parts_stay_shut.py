"""whose parts stay shut."""

import sqlalchemy as sa
from alembic import op

import shared.columns

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('guard', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parts', shared.columns.Json(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('guard', schema=None) as batch_op:
        batch_op.drop_column('parts')
