"""who hosts people."""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

STAY = sa.table('stay', *(sa.column(name) for name in ('case_ref', 'organisation_ref', 'status', 'departed')))
PART = sa.table('relation', *(sa.column(name) for name in ('subject', 'source', 'staff_ref', 'organisation_ref', 'kind')))


def upgrade() -> None:
    # Whoever has somebody today hosts them, as the facts of these stays make it when a view is made again.
    here = sa.select(STAY).where(STAY.c.status.in_(('expected', 'admitted', 'missing')), STAY.c.departed.is_(None))
    hosts = {(row.case_ref, row.organisation_ref) for row in op.get_bind().execute(here)}
    for case_ref, organisation_ref in sorted(hosts):
        part = {'subject': f'case/{case_ref}', 'source': 'intake', 'staff_ref': '', 'kind': 'HOSTS'}
        op.get_bind().execute(sa.insert(PART).values(organisation_ref=organisation_ref, **part))


def downgrade() -> None:
    op.execute(sa.delete(PART).where(PART.c.kind == 'HOSTS'))
