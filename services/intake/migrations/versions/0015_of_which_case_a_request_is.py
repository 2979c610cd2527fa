"""of which case a request is."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was sent before discloses nothing: it is sent anew where its provider has to know more.
    op.create_table('service_request',
    sa.Column('ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recorded_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('updated_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('created_as', shared.columns.Json(), nullable=True),
    sa.Column('case_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('ref')
    )
    with op.batch_alter_table('service_request', schema=None) as batch_op:
        batch_op.create_index('service_request_case', ['case_ref'], unique=False)
        batch_op.create_index('service_request_order', ['recorded_at', 'ref'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('service_request', schema=None) as batch_op:
        batch_op.drop_index('service_request_order')
        batch_op.drop_index('service_request_case')

    op.drop_table('service_request')
