"""since when a part is had."""

import sqlalchemy as sa
from alembic import op

import shared.columns

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

MADE = """
UPDATE relation SET since = (
    SELECT max(fact.recorded) FROM {table} AS fact
    WHERE fact.subject = relation.subject AND {source}
    AND fact.data LIKE '%' || relation.staff_ref || '%' AND fact.data LIKE '%' || relation.organisation_ref || '%'
    AND ((fact.type LIKE '%.assigned.v1' AND fact.data LIKE '%"kind":"' || relation.kind || '"%')
      OR (fact.type = 'intake.case.glass_broken.v1' AND relation.kind = 'GLASS'))
)
WHERE relation.staff_ref <> '' AND relation.organisation_ref <> '' AND relation.source {whose} 'intake'
"""
"""A part of a person is as old as the last fact that made it, in our own journal or among those we heard."""


def upgrade() -> None:
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('since', shared.columns.Instant(timezone=True), nullable=True))
    op.execute(sa.text(MADE.format(table='journal', source='true', whose='=')))
    op.execute(sa.text(MADE.format(table='heard', source="fact.source = relation.source AND fact.status = 'applied'", whose='<>')))


def downgrade() -> None:
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.drop_column('since')
