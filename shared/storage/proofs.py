"""Which proofs of a key were shown to a service (RFC 9449): in its database, since its replicas share that."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, delete

from shared.storage import Database, add_if_new


@dataclass(frozen=True)
class Proofs:
    """An adapter of `shared.auth.identity.Used`. Raises Unavailable while the store is away: no proof is good then."""

    database: Database
    proof: Table

    async def first(self, digest: str, now: datetime, until: datetime) -> bool:
        """Whether this proof is shown for the first time. Those whose time is over are forgotten meanwhile."""

        def note(conn: Connection) -> bool:
            conn.execute(delete(self.proof).where(self.proof.c.until < now))
            added = add_if_new(self.proof, conn.dialect.name).returning(self.proof.c.digest)
            return conn.execute(added, {"digest": digest, "until": until}).first() is not None

        return await self.database.write(note)
