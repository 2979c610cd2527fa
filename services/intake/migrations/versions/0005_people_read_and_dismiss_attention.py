"""people read and dismiss attention."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

# A process of the revision before still writes rows, and knows none of these columns: the store fills them.
DRAWN = {
    'sqlite': '(lower(hex(randomblob(16))))',
    'postgresql': "replace(gen_random_uuid()::text, '-', '')",
}


def upgrade() -> None:
    drawn = sa.text(DRAWN[op.get_bind().dialect.name])
    with op.batch_alter_table('attention', schema=None) as batch_op:
        batch_op.add_column(sa.Column('ref', sa.String(length=32), nullable=False, server_default=drawn))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('recorded_at', shared.columns.Instant(), nullable=False, server_default=sa.func.now()))
        batch_op.add_column(sa.Column('updated_at', shared.columns.Instant(), nullable=False, server_default=sa.func.now()))
        batch_op.add_column(sa.Column('status', sa.String(), nullable=False, server_default='open'))
        batch_op.add_column(sa.Column('reason', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('dismissed_by', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('dismissed_at', shared.columns.Instant(), nullable=True))
        batch_op.create_index('attention_order', ['recorded_at', 'ref'], unique=False)
        batch_op.create_index(batch_op.f('ix_attention_ref'), ['ref'], unique=True)
        batch_op.create_index(batch_op.f('ix_attention_status'), ['status'], unique=False)
    op.execute('UPDATE attention SET recorded_at = at, updated_at = at')


def downgrade() -> None:
    with op.batch_alter_table('attention', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attention_status'))
        batch_op.drop_index(batch_op.f('ix_attention_ref'))
        batch_op.drop_index('attention_order')
        for name in ('dismissed_at', 'dismissed_by', 'reason', 'status', 'updated_at', 'recorded_at', 'version', 'ref'):
            batch_op.drop_column(name)
