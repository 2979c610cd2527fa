"""What a request says of who asks, as its caller sent it: also where we carry it out as something else."""

from starlette.requests import Request

from shared.auth.identity import Asking
from shared.errors import HomewardError
from shared.runtime import Kept
from shared.storage.proofs import Proofs


class BadHeader(HomewardError):
    """A header that cannot be used."""

    status = 400


def asking(request: Request, kept: Kept) -> Asking:
    """For `kept.identify`. A HEAD is carried out as a GET, and a path is decoded; a proof is made for neither."""
    scope, headers = request.scope, request.headers
    address = f"{request.url.scheme}://{headers.get('host', '')}{scope['raw_path'].decode('latin-1')}"
    used = Proofs(kept.database, kept.ledger.proof)
    return Asking(headers, scope.get("method_asked", request.method), address, headers.getlist("dpop"), used)
