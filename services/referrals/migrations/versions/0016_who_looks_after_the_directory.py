"""who looks after the directory."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Bodies of state that were registered before stay what they are. The register begins empty: an operator fills it.
    op.create_table('proposal',
    sa.Column('ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recorded_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('updated_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('created_as', shared.columns.Json(), nullable=True),
    sa.Column('status', shared.columns.Text(), nullable=False),
    sa.Column('directory_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('act', shared.columns.Text(), nullable=False),
    sa.Column('organisation_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('entry', shared.columns.Json(), nullable=True),
    sa.Column('said', shared.columns.Json(), nullable=False),
    sa.Column('pause_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('void_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('staff_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('steward_name', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('proposed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('proposed_for', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('answered_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('decline_reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('ref')
    )
    with op.batch_alter_table('proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposal_organisation_ref'), ['organisation_ref'], unique=False)
        batch_op.create_index('proposal_order', ['recorded_at', 'ref'], unique=False)

    op.create_table('steward',
    sa.Column('ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recorded_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('updated_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('created_as', shared.columns.Json(), nullable=True),
    sa.Column('status', shared.columns.Text(), nullable=False),
    sa.Column('directory_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('staff_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('organisation_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('ref')
    )
    with op.batch_alter_table('steward', schema=None) as batch_op:
        batch_op.create_index('steward_order', ['recorded_at', 'ref'], unique=False)



def downgrade() -> None:
    op.drop_table('steward')
    op.drop_table('proposal')
