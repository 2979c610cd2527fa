"""The story's reader of sign-in pages finds the form that asks for a password, and no other."""

import httpx

from story.login_form import Form, filled_in

ASKS = """<form action="/search"><input name="q" value="x"></form>
<form id="in" action="/go?a=1&amp;b=2" method="post">
<input name="username" value="minh"/><input name="password" type="password"/><input type="hidden" name="tab" value="7">
</form><form action="/other"><input name="other"></form>"""


def test_the_form_that_asks_for_a_password_is_sent_whole() -> None:
    form = Form(ASKS)
    assert form.action == "/go?a=1&b=2"
    assert form.filled("dara", "secret") == {"username": "dara", "password": "secret", "tab": "7"}


def test_a_page_without_such_a_form_is_left_as_it_is() -> None:
    for page in ("", "<p>no", ASKS.replace('type="password"', ""), ASKS.replace('name="username"', 'name="code"')):
        assert Form(page).filled("dara", "secret") is None


async def test_what_the_page_gave_goes_back_with_it() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, text=ASKS, headers={"set-cookie": "session=9; Path=/; Secure"})
        return httpx.Response(303, headers={"location": f"/in?{request.content.decode()}&{request.headers['cookie']}"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://127.0.0.1") as browser:
        back = await filled_in(browser, await browser.get("/"), "dara", "secret")
    assert back.headers["location"] == "/in?username=dara&password=secret&tab=7&session=9"
