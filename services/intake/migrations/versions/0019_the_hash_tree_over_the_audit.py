"""the hash tree over the audit, and whom its entries are about."""

import sqlalchemy as sa
from alembic import op

import shared.columns
import sqlmodel.sql.sqltypes

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_about',
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('audit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('subject', 'audit_id')
    )
    op.create_table('audit_checkpoint',
    sa.Column('tree', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('serial', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', shared.columns.Instant(timezone=True), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('accepted_at', shared.columns.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('tree', 'serial')
    )
    op.create_table('audit_form',
    sa.Column('form', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('columns', shared.columns.Json(), nullable=False),
    sa.PrimaryKeyConstraint('form')
    )
    op.create_table('audit_leaf',
    sa.Column('tree', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('audit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('form', sa.Integer(), nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('tree', 'number'),
    sa.UniqueConstraint('audit_id')
    )
    op.create_table('audit_node',
    sa.Column('tree', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('place', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('tree', 'level', 'place')
    )
    op.create_table('audit_tree',
    sa.Column('tree', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('public_key', sa.String(), nullable=False),
    sa.Column('generation', sa.String(), nullable=False),
    sa.Column('at', shared.columns.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('tree'),
    sa.UniqueConstraint('origin')
    )


def downgrade() -> None:
    op.drop_table('audit_tree')
    op.drop_table('audit_node')
    op.drop_table('audit_leaf')
    op.drop_table('audit_form')
    op.drop_table('audit_checkpoint')
    op.drop_table('audit_about')
