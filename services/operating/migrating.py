"""Migrates stores to their newest revision: a job before a roll-out on PostgreSQL, optional on files.

A product on files migrates by itself when it starts; over a running one this is refused.
"""

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from pathlib import Path

from services import SERVICES
from services.operating.doing import hold_on
from services.operating.office import Trouble, refuse_damaged
from shared import stores
from shared.settings import Settings
from shared.storage import revisions
from shared.storage.once import there, with_connection
from shared.storage.snapshots import NotCopied


def bring_up(
    settings: Settings, new: Collection[str] = (), forgone: Collection[str] = ()
) -> list[tuple[str, str | None, str | None]]:
    """Each service with the revision its store was at and is at now. Raises Trouble over a running product.

    Stores in `new` may be missing beside others, those in `forgone` may lack keys; see `stores.migrate`.
    """
    if not stores.on_postgres(settings):
        Path(settings.data_dir).mkdir(parents=True, exist_ok=True, mode=0o700)
    hold = hold_on(settings)
    if isinstance(hold, Mapping):
        raise Trouble(f"Process {hold['pid']} runs on these files, and brought them up when it started.")
    with hold or nullcontext():
        refuse_damaged(settings)
        before = {name: _revision(settings, name) for name in SERVICES}
        try:
            stores.migrate(settings, SERVICES, new, forgone)
        except NotCopied as trouble:
            raise Trouble(str(trouble)) from None
        return [(name, before[name], _revision(settings, name)) for name in SERVICES]


def _revision(settings: Settings, name: str) -> str | None:
    url = stores.url_for(settings, name)
    return with_connection(url, revisions.revision) if there(url) else None
