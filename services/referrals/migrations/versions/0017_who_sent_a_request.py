"""who sent a request."""

import sqlalchemy as sa
from alembic import op

import sqlmodel.sql.sqltypes

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('service_referral', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sent_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('service_referral', schema=None) as batch_op:
        batch_op.drop_column('sent_by')
