"""what other systems call a case is sealed."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration has no keys: the service seals what stands in the old column when it starts (shared.writing.closing),
    # and leaves there what a process of the version before can read.
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('elsewhere', shared.columns.SealedBytes(), nullable=True))
        batch_op.alter_column('external_references', existing_type=shared.columns.Json(), server_default='[]')


def downgrade() -> None:
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.alter_column('external_references', existing_type=shared.columns.Json(), server_default=None)
        batch_op.drop_column('elsewhere')
