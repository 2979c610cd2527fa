"""who is asked to decide for a child, and who confirmed it themselves."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

MANY = ('seated', 'confirmed', 'objections')


def upgrade() -> None:
    # What was decided before this stands: nobody had been asked to confirm it themselves, so nobody is said to have.
    with op.batch_alter_table('best_interests', schema=None) as batch_op:
        for name in MANY:
            batch_op.add_column(sa.Column(name, shared.columns.Json(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('proposed_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
        batch_op.add_column(sa.Column('proposed_on', sa.Date(), nullable=True))


def downgrade() -> None:
    # What is only proposed was not yet decided.
    op.execute("UPDATE best_interests SET status = 'required' WHERE status = 'proposed'")
    with op.batch_alter_table('best_interests', schema=None) as batch_op:
        for name in ('proposed_on', 'proposed_by', *MANY):
            batch_op.drop_column(name)
