"""which bodies were informed."""

import sqlalchemy as sa
from alembic import op

import shared.columns

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('informed', shared.columns.Json(), server_default='[]', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.drop_column('informed')
