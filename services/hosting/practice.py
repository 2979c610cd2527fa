"""Where invented people sign in, the directory begins by itself with two invented stewards."""

from dataclasses import replace

from services.issuing.people import practice_directory
from services.operating.beginning import begin_directory, has_begun
from services.operating.office import Office, Trouble
from services.operating.orders import Order
from shared.errors import Unavailable
from shared.ids import pseudonym


async def begun_for_practice(office: Office) -> None:
    """Begin it unless it has begun. A store that takes no writes now is left as it is: nobody practises on that."""
    if await has_begun(office):
        return
    order = Order(services=("referrals",), directory={**practice_directory(), "upgrade": True})
    try:
        await begin_directory(replace(office, staff=pseudonym("staff", "practice")), order, lambda *_: None)
    except (Trouble, Unavailable):
        return
