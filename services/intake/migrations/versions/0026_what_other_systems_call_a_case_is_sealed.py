"""what other systems call a case is sealed."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A migration has no keys: the service seals what stands in the old column when it starts (shared.writing.closing).
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.add_column(sa.Column('elsewhere', shared.columns.SealedBytes(), nullable=True))
        batch_op.alter_column('external_references', existing_type=shared.columns.Json(), nullable=True)


def downgrade() -> None:
    op.execute(sa.text("UPDATE case_file SET external_references = '[]' WHERE external_references IS NULL"))
    with op.batch_alter_table('case_file', schema=None) as batch_op:
        batch_op.alter_column('external_references', existing_type=shared.columns.Json(), nullable=False)
        batch_op.drop_column('elsewhere')
