"""who takes part in deciding now."""

import sqlalchemy as sa
from alembic import op

import shared.columns

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

DECIDED = sa.table(
    'determination',
    sa.column('ref'), sa.column('case_ref'), sa.column('status'),
    sa.column('taking_part', shared.columns.Json()), sa.column('parties', shared.columns.Json()),
)
PART = sa.table('relation', *(sa.column(name) for name in ('subject', 'source', 'staff_ref', 'organisation_ref', 'kind')))


def upgrade() -> None:
    with op.batch_alter_table('determination', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parties', shared.columns.Json(), server_default='[]', nullable=False))
    # What is not decided yet has as its parties those whose parts there are. Parts in what was decided before this are
    # left as they are, since no fact ends them: that facts alone make.
    undecided = sa.select(DECIDED).where(DECIDED.c.status.in_(('suggested', 'under_review')))
    for row in op.get_bind().execute(undecided).all():
        parts = sa.select(PART.c.staff_ref, PART.c.organisation_ref).where(
            PART.c.subject == f'case/{row.case_ref}', PART.c.source == 'screening', PART.c.kind == 'DECIDER'
        )
        parties = [
            {'staff_ref': staff, 'organisation_ref': organisation}
            for staff, organisation in op.get_bind().execute(parts)
            if staff in row.taking_part
        ]
        op.get_bind().execute(sa.update(DECIDED).where(DECIDED.c.ref == row.ref).values(parties=parties))


def downgrade() -> None:
    with op.batch_alter_table('determination', schema=None) as batch_op:
        batch_op.drop_column('parties')
