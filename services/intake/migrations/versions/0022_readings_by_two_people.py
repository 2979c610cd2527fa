"""readings by two people, and suspicions that two lift."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lifting', shared.columns.Json(), nullable=True))
    op.create_table('c4_reading',
    sa.Column('ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recorded_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('updated_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('created_as', shared.columns.Json(), nullable=True),
    sa.Column('case_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('staff_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('organisation_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', shared.columns.Text(), nullable=False),
    sa.Column('asked_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('until', shared.columns.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('ref')
    )
    with op.batch_alter_table('c4_reading', schema=None) as batch_op:
        batch_op.create_index('c4_reading_case', ['case_ref'], unique=False)
        batch_op.create_index('c4_reading_order', ['recorded_at', 'ref'], unique=False)
        batch_op.create_index(batch_op.f('ix_c4_reading_staff_ref'), ['staff_ref'], unique=False)


def downgrade() -> None:
    op.drop_table('c4_reading')
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.drop_column('lifting')
