"""While a service goes over from its key file to the key service: both open, and new keys are wrapped as noted."""

from collections.abc import Sequence

from shared.sealing.ring import Ring
from shared.sealing.transit import Transit
from shared.sealing.wrapping import Bound, Opened, Wrapping


class GoingOver:
    """A key file and the key of a key service, side by side. A rotation goes over to the second."""

    adapter = "transit"
    local = False

    def __init__(self, before: Ring, after: Transit) -> None:
        self._before, self._after = before, after
        self.where = before.where

    @property
    def in_use(self) -> str:
        """The id of the key file's master key."""
        return self._before.in_use

    def coming(self) -> str:
        """The id of the key service's."""
        return self._after.coming()

    def holds(self, master: str) -> bool:
        """Whether either has it."""
        return self._after.holds(master) or self._before.holds(master)

    def look(self) -> None:
        """Look into the files again."""
        self._before.look()

    def finish(self, master: str) -> None:
        """Nothing: the operator takes the file out of the settings, and destroys it when no backup needs it."""

    def wrap(self, master: str, keys: Sequence[Bound]) -> list[bytes]:
        """Wrap with the one that has it."""
        return self._of(master).wrap(master, keys)

    def opened(self, wrapped: Sequence[Bound]) -> list[Opened | None]:
        """What each holds, whichever opens it."""
        ours = self._before.opened(wrapped)
        left = [one for one, found in zip(wrapped, ours, strict=True) if found is None]
        theirs = dict(zip(left, self._after.opened(left), strict=True)) if left else {}
        return [found or theirs[one] for one, found in zip(wrapped, ours, strict=True)]

    def rewrap(self, master: str, wrapped: Sequence[Bound]) -> list[bytes | None]:
        """What the file had wrapped goes to the key service; what that has is brought to its newest version."""
        ours = self._before.opened(wrapped)
        moved = [(found[1], one[1]) for one, found in zip(wrapped, ours, strict=True) if found]
        left = [one for one, found in zip(wrapped, ours, strict=True) if found is None]
        anew = iter(self._of(master).wrap(master, moved) if moved else [])
        theirs = iter(self._after.rewrap(master, left) if left else [])
        return [next(anew) if found else next(theirs) for found in ours]

    def _of(self, master: str) -> Wrapping:
        return self._after if self._after.holds(master) else self._before
