"""who works where, and since when a part is had."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0015'
down_revision = '0014'
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
WHERE relation.staff_ref <> '' AND relation.organisation_ref <> '' AND relation.source {whose} 'referrals'
"""
"""A part of a person is as old as the last fact that made it, in our own journal or among those we heard."""


def upgrade() -> None:
    op.create_table('staff',
    sa.Column('ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('recorded_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('updated_at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('created_as', shared.columns.Json(), nullable=True),
    sa.Column('organisation_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('staff_ref', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', shared.columns.Text(), nullable=False),
    sa.Column('roles', shared.columns.Json(), nullable=False),
    sa.Column('name', shared.columns.SealedBytes(), nullable=True),
    sa.PrimaryKeyConstraint('ref')
    )
    with op.batch_alter_table('staff', schema=None) as batch_op:
        batch_op.create_index('staff_of_organisation', ['organisation_ref', 'staff_ref'], unique=True)
        batch_op.create_index('staff_order', ['recorded_at', 'ref'], unique=False)
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('since', shared.columns.Instant(timezone=True), nullable=True))
    op.execute(sa.text(MADE.format(table='journal', source='true', whose='=')))
    op.execute(sa.text(MADE.format(table='heard', source="fact.source = relation.source AND fact.status = 'applied'", whose='<>')))


def downgrade() -> None:
    with op.batch_alter_table('relation', schema=None) as batch_op:
        batch_op.drop_column('since')

    op.drop_table('staff')