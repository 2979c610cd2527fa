"""The page on which a provider of identities asks for name and password: read, filled in and sent, as a browser does.

Any page will do whose form has a password field and needs no script. A form in several steps is not understood.
"""

from html.parser import HTMLParser
from urllib.parse import urljoin

import httpx


class Form(HTMLParser):
    """The first form of a page that asks for a password: where it goes, and what its fields hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self._asks = self._found = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and not self._found:
            self.action, self.fields = said.get("action", ""), {}
        elif tag == "input" and self.action and not self._found:
            self.fields[said.get("name", "")] = said.get("value", "")
            self._asks = self._asks or said.get("type") == "password"

    def handle_endtag(self, tag: str) -> None:
        self._found = self._found or (tag == "form" and self._asks)

    def filled(self, name: str, password: str) -> dict[str, str] | None:
        """What is sent; None where this page asks for no name and password."""
        if not self._found or not {"username", "password"} <= self.fields.keys():
            return None
        return self.fields | {"username": name, "password": password}


async def filled_in(client: httpx.AsyncClient, page: httpx.Response, name: str, password: str) -> httpx.Response:
    """The answer to that page's form; the page itself where it has none."""
    form = Form(page.text)
    said = form.filled(name, password)
    if said is None:
        return page
    # By hand: this client would send no cookie that is for TLS alone to this machine without TLS, as browsers do.
    cookies = "; ".join(f"{name}={value}" for name, value in page.cookies.items())
    return await client.post(urljoin(str(page.url), form.action), data=said, headers={"cookie": cookies})
