"""until when a withdrawal is acknowledged."""

import sqlalchemy as sa
from alembic import op

import sqlmodel.sql.sqltypes

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('service_referral', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sharing_ended_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('acknowledge_by', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('acknowledged_on', sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('service_referral', schema=None) as batch_op:
        batch_op.drop_column('acknowledged_on')
        batch_op.drop_column('acknowledge_by')
        batch_op.drop_column('sharing_ended_on')
