"""Announce two hand-overs, list them page by page, read one, and meet two problems: with the generated client alone.

Runs in an environment that has nothing of ours but `intake_client`. Its arguments are the address of the product and an
access token of somebody who announces lists.
"""

import sys
from datetime import date
from http import HTTPStatus

from intake_client import AuthenticatedClient
from intake_client.api.handovers import announce_handover, cancel_handover, list_handovers, read_handover
from intake_client.models import (
    AnnounceHandover,
    AsReceived,
    BorderGateCode,
    BulkReceipt,
    CancelHandover,
    CountryCode,
    HandoverPage,
    HandoverRead,
    HandoverStatus,
    ListLine,
    PostponementReasonCode,
    Problem,
)


def announced(client: AuthenticatedClient, key: str) -> str:
    """Announce a list of one line; its ref."""
    line = ListLine(number=1, as_received=AsReceived(full_name="Nguyễn Văn Thử"))
    body = AnnounceHandover(
        country=CountryCode.VN, gate=BorderGateCode.BAVET_MOC_BAI, planned_day=date(2025, 11, 5), lines=[line]
    )
    answer = announce_handover.sync_detailed(client=client, body=body, idempotency_key=key)
    assert answer.status_code is HTTPStatus.CREATED and isinstance(answer.parsed, BulkReceipt), answer
    assert answer.headers["Location"] == f"/intake/v1/handovers/{answer.parsed.ref}"
    assert answer.headers["ETag"] == f'"{answer.parsed.version}"'
    return str(answer.parsed.ref)


def listed(client: AuthenticatedClient) -> list[str]:
    """All refs, one a page."""
    page = list_handovers.sync(client=client, limit=1, status=[HandoverStatus.ANNOUNCED])
    assert isinstance(page, HandoverPage), page
    found = [page.items[0].ref]
    while isinstance(page.next_cursor, str):
        page = list_handovers.sync(client=client, limit=1, status=[HandoverStatus.ANNOUNCED], cursor=page.next_cursor)
        assert isinstance(page, HandoverPage), page
        found += [item.ref for item in page.items]
    return found


def main(address: str, token: str) -> None:
    """The whole of it."""
    client = AuthenticatedClient(base_url=address, token=token)
    refs = [announced(client, key) for key in ("python-1", "python-2")]
    assert announced(client, "python-1") == refs[0]
    assert listed(client) == refs
    found = read_handover.sync(refs[1], client=client)
    assert isinstance(found, HandoverRead) and found.announced == 1 and found.gate is BorderGateCode.BAVET_MOC_BAI
    missing = read_handover.sync("0" * 32, client=client)
    assert isinstance(missing, Problem) and (missing.status, missing.code) == (404, "not_found")
    stale = cancel_handover.sync(
        refs[0], client=client, body=CancelHandover(reason=PostponementReasonCode.WEATHER), if_match='"7"'
    )
    assert isinstance(stale, Problem) and (stale.status, stale.code) == (412, "stale")


if __name__ == "__main__":
    main(*sys.argv[1:])
