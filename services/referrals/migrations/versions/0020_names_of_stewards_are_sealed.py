"""names of stewards are sealed."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration has no keys: the service seals what stands in the old columns when it starts (shared.writing.closing),
    # and leaves there what a process of the version before can read.
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('called', shared.columns.SealedBytes(), nullable=True))

    with op.batch_alter_table('steward', schema=None) as batch_op:
        batch_op.add_column(sa.Column('called', shared.columns.SealedBytes(), nullable=True))
        batch_op.alter_column('name', existing_type=sqlmodel.sql.sqltypes.AutoString(), server_default='-')


def downgrade() -> None:
    with op.batch_alter_table('steward', schema=None) as batch_op:
        batch_op.alter_column('name', existing_type=sqlmodel.sql.sqltypes.AutoString(), server_default=None)
        batch_op.drop_column('called')

    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.drop_column('called')
