"""who asked to be forgotten."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('erasure',
    sa.Column('ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recorded_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('updated_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('created_as', shared.columns.Json(), nullable=True),
    sa.Column('person_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('organisation_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('staff_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', shared.columns.Text(), nullable=False),
    sa.Column('asked_on', sa.Date(), nullable=False),
    sa.Column('acknowledge_by', sa.Date(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=False),
    sa.Column('acknowledged', sa.Boolean(), nullable=False),
    sa.Column('ground', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('hold_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('decided_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('cases', shared.columns.Json(), nullable=False),
    sa.Column('lines', shared.columns.Json(), nullable=False),
    sa.Column('confirmed', shared.columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('ref')
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index('erasure_order', ['recorded_at', 'ref'], unique=False)
        batch_op.create_index(batch_op.f('ix_erasure_person_ref'), ['person_ref'], unique=False)



def downgrade() -> None:
    op.drop_table('erasure')
