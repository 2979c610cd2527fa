"""where a household was formed."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of what was entered before, nobody knows at which organisation: it is seen through its cases alone.
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.add_column(sa.Column('organisation_ref', sa.String(length=32), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.drop_column('organisation_ref')
