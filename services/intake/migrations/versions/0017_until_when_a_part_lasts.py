"""until when a part lasts, and broken glass."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('until', shared.columns.Instant(timezone=True), nullable=True))
    op.create_table('glass',
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
    sa.Column('until', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('review_by', sa.Date(), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('reviewed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('words', shared.columns.SealedBytes(), nullable=True),
    sa.PrimaryKeyConstraint('ref')
    )
    with op.batch_alter_table('glass', schema=None) as batch_op:
        batch_op.create_index('glass_case', ['case_ref'], unique=False)
        batch_op.create_index('glass_order', ['recorded_at', 'ref'], unique=False)
        batch_op.create_index(batch_op.f('ix_glass_staff_ref'), ['staff_ref'], unique=False)


def downgrade() -> None:
    op.drop_table('glass')
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.drop_column('until')
