"""Whatever a state holds: after masking, no secret can be read in it."""

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote, unquote

from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.previews.masked_state import MASKED, SHORTEST, mask
from tests.gitops.previews.state_bench import ODD, PASSWORD, base64_of, deployment, opened, resource, secret

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=24) | st.sampled_from(
    [PASSWORD, ODD, "é" * 7, "1" * 9]
)
SCALARS = WORDS | st.integers() | st.booleans() | st.none()
NESTED = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2))


def composed(words: list[str], around: tuple[str, str, str]) -> dict[str, Any]:
    """What may be made of secrets, marked and not."""
    first, second, third = around
    texts = [first + word + second + word + third for word in words]
    return {
        "texts": texts,
        "secret": secret(texts),
        "json": json.dumps({word: word for word in words}),
        "base64": [base64_of(text) for text in texts],
        "urls": [quote(text, safe="") for text in texts],
    }


@settings(deadline=None)
@given(made=st.lists(WORDS, max_size=3), told=NESTED, around=st.tuples(WORDS, WORDS, WORDS))
def test_no_secret_survives_and_masking_twice_is_masking_once(
    made: list[str], told: Any, around: tuple[str, str, str]
) -> None:
    """Whatever the secrets are, and however they are composed: none of six characters or more can be read anywhere."""
    words = [*made, *values(told)]
    state = with_secrets(made, told, composed(words, around))

    result = mask(state)

    kept = {name: item for name, item in state.items() if name != "secrets_providers"}
    assert shape(opened(result)) == shape(opened(kept))
    assert mask(result) == result
    left = "\0".join(read(opened(result)))
    names = "\0".join([*texts(with_secrets([""] * len(made), "", composed([], around))), *MASKED.findall(left)])
    secrets = [word for word in words if len(word) >= SHORTEST and word not in names]
    assert [word for word in secrets if word in left] == []


def with_secrets(made: list[str], told: Any, composed: Any) -> dict[str, Any]:
    """A state in which providers made some secrets, and the program told others."""
    passwords = [
        resource("random:index/randomPassword:RandomPassword", str(number), {}, {"result": secret(word)})
        for number, word in enumerate(made)
    ]
    thing = resource("test:index:Thing", "thing", {"value": secret(told), "composed": composed})
    return deployment(*passwords, thing)


def values(value: Any) -> list[str]:
    """Every text in a value, without names."""
    if isinstance(value, dict | list):
        return [text for item in (value.values() if isinstance(value, dict) else value) for text in values(item)]
    return [value] if isinstance(value, str) else []


def read(value: Any) -> Iterator[str]:
    """Every text in a value, names as well, as whoever looks for secrets would read it."""
    for text in texts(value):
        yield from (text, unquote(text))
        with suppress(ValueError):
            yield base64.b64decode(text, validate=True).decode()
        with suppress(ValueError):
            yield from texts(json.loads(text))


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, names as well."""
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
    elif isinstance(value, str):
        yield value


def shape(value: Any) -> Any:
    """What a value is made of, without what its texts and the names inside are."""
    if isinstance(value, dict):
        return [shape(item) for item in value.values()]
    return [shape(item) for item in value] if isinstance(value, list) else type(value)
