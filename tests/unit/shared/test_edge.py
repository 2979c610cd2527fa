"""What the outermost layer refuses before anything else sees it."""

import pytest

from shared.web.edge import Unreadable, read_json


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"a":1,"a":2}', "json_key_twice"),
        (b'{"a":{"b":1,"b":1}}', "json_key_twice"),
        (b'{"a":NaN}', "json_not_a_number"),
        (b'{"a":-Infinity}', "json_not_a_number"),
        (b'{"a":"\\ud800"}', "json_lone_surrogate"),
        (b'{"\\udfff":1}', "json_lone_surrogate"),
        (b"[" * 100_000, "json_unreadable"),
        (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "json_unreadable"),
        (b'{"a":' + b"9" * 5_000 + b"}", "json_unreadable"),
        (b'{"a":1} extra', "json_unreadable"),
        (b'\xef\xbb\xbf{"a":1}', "json_unreadable"),
        ('{"a":1}'.encode("utf-16"), "json_unreadable"),
        (b'{"a":"\xff"}', "json_unreadable"),
        (b'{"a":1e400}', "json_unreadable"),
    ],
)
def test_json_that_no_store_holds_faithfully_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_json(body)
    assert str(refused.value) == code


@pytest.mark.parametrize("body", [b'{"a":-0}', b'{"a":[1,2,{"b":null}]}', '{"ឈ្មោះ":"សុខ\u200bដា"}'.encode()])
def test_ordinary_json_passes(body: bytes) -> None:
    read_json(body)
