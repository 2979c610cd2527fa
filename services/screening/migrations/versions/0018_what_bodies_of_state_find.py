"""what bodies of state find."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('official_finding',
    sa.Column('ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recorded_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('updated_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('created_as', shared.columns.Json(), nullable=True),
    sa.Column('case_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('case_number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('organisation_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', shared.columns.Text(), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('found', shared.columns.SealedBytes(), nullable=True),
    sa.PrimaryKeyConstraint('ref')
    )
    with op.batch_alter_table('official_finding', schema=None) as batch_op:
        batch_op.create_index('official_finding_case', ['case_ref'], unique=False)
        batch_op.create_index('official_finding_order', ['recorded_at', 'ref'], unique=False)
        batch_op.create_index(batch_op.f('ix_official_finding_case_number'), ['case_number'], unique=False)


def downgrade() -> None:
    op.drop_table('official_finding')
