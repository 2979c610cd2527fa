"""which consulate answers."""

import sqlalchemy as sa
from alembic import op

import shared.columns

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

AUDIT = sa.table(
    'audit',
    sa.column('id'), sa.column('organisation_ref'), sa.column('action'), sa.column('decision'), sa.column('subjects', shared.columns.Json()),
)
HANDOVER = sa.table('handover', sa.column('ref'), sa.column('consulate_ref'))


def upgrade() -> None:
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.add_column(sa.Column('consulate_ref', sa.String(), nullable=True))
    # Whoever answered first, by the audit. Where nobody did, the next one to answer takes the list on.
    done = sa.select(AUDIT.c.organisation_ref, AUDIT.c.subjects).where(
        AUDIT.c.action == 'intake.handover.confirm', AUDIT.c.decision == 'done'
    )
    for organisation, subjects in op.get_bind().execute(done.order_by(AUDIT.c.id.desc())).all():
        for subject in (one for one in subjects if one.startswith('handover/')):
            took = sa.update(HANDOVER).where(HANDOVER.c.ref == subject.removeprefix('handover/'))
            op.get_bind().execute(took.values(consulate_ref=organisation))


def downgrade() -> None:
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.drop_column('consulate_ref')
