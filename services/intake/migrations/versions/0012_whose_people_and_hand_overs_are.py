"""whose people and hand-overs are."""

import sqlalchemy as sa
from alembic import op

import shared.columns

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

AUDIT = sa.table(
    'audit',
    sa.column('id'), sa.column('organisation_ref'), sa.column('action'), sa.column('decision'), sa.column('subjects', shared.columns.Json()),
)
PERSON = sa.table('person', sa.column('ref'), sa.column('organisation_ref'))
HANDOVER = sa.table('handover', sa.column('ref'), sa.column('receiver_ref'), sa.column('host_ref'))
CASE = sa.table(
    'case_file', sa.column('person_ref'), sa.column('handover_ref'), sa.column('organisation_ref'), sa.column('recorded_at'),
)


def upgrade() -> None:
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('organisation_ref', sa.String(), nullable=True))
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.add_column(sa.Column('receiver_ref', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('host_ref', sa.String(), nullable=True))
    _give(PERSON, 'organisation_ref', {**_opened('person_ref'), **_acted('intake.person.register', 'person')})
    _give(HANDOVER, 'receiver_ref', _acted('intake.handover.arrive', 'handover'))
    _give(HANDOVER, 'host_ref', _opened('handover_ref'))


def _acted(action: str, kind: str) -> dict[str, str]:
    """For whom somebody did this, by the audit: to things of this kind."""
    done = sa.select(AUDIT.c.organisation_ref, AUDIT.c.subjects).where(AUDIT.c.action == action, AUDIT.c.decision == 'done')
    return {
        subject.removeprefix(f'{kind}/'): organisation
        for organisation, subjects in op.get_bind().execute(done.order_by(AUDIT.c.id.desc()))
        for subject in subjects
        if subject.startswith(f'{kind}/')
    }


def _opened(of: str) -> dict[str, str]:
    """Who opened the first case of a person, or from a hand-over."""
    newest_first = sa.select(CASE.c[of], CASE.c.organisation_ref).order_by(CASE.c.recorded_at.desc())
    return {ref: organisation for ref, organisation in op.get_bind().execute(newest_first) if ref is not None}


def _give(table: sa.TableClause, column: str, known: dict[str, str]) -> None:
    for ref, organisation in known.items():
        op.get_bind().execute(sa.update(table).where(table.c.ref == ref).values({column: organisation}))


def downgrade() -> None:
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.drop_column('host_ref')
        batch_op.drop_column('receiver_ref')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_column('organisation_ref')
