"""A state without its secrets, from which the program still computes what it holds."""

import base64
import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from gitops.previews.masked_state import MASKED, MaskError, mask
from render.registration import SECRET_SIGNATURE, SIGNATURE
from tests.gitops.previews.state_bench import ODD, PASSWORD, base64_of, deployment, opened, password, resource, secret

VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
URL = "postgresql://priceguard:{}@db.example:5432/appdb?sslmode=verify-full"


def masked(*resources: dict[str, Any]) -> list[Any]:
    """The resources after masking, marks taken off."""
    return opened(mask(deployment(*resources)))["resources"][1:]


def held(value: Any, inside: Any = PASSWORD) -> Any:
    """What becomes of a value that is marked as an input, beside a password that a provider made; and that one's."""
    made, other = masked(password(inside), resource("test:index:Thing", "thing", {"value": value}))
    return other["inputs"]["value"], made["outputs"]["result"]


def test_a_password_is_the_same_placeholder_wherever_it_occurs() -> None:
    """In the resource that made it, where it is used, inside a URL, and in a plain copy that somebody made."""
    component = resource("priceguard:database:Database", "database", {}, {"url": secret(URL.format(PASSWORD))})
    made, component, instance, version, plain = masked(
        password(PASSWORD),
        {**component, "custom": False},
        resource("aws:rds/instance:Instance", "database", {"password": secret(PASSWORD)}),
        resource(VERSION, "database-url", {"secretString": secret(URL.format(PASSWORD))}),
        resource("test:index:Thing", "plain", {"text": f"it is {PASSWORD}!", "list": [{PASSWORD: PASSWORD}]}),
    )

    placeholder = made["outputs"]["result"]
    assert MASKED.fullmatch(placeholder)
    assert instance["inputs"]["password"] == placeholder
    assert version["inputs"]["secretString"] == component["outputs"]["url"] == URL.format(placeholder)
    assert plain["inputs"] == {"text": f"it is {placeholder}!", "list": [{placeholder: placeholder}]}


def test_what_is_masked_is_still_marked_and_fits_another_backend() -> None:
    """And nothing else of the structure is touched."""
    state = deployment(password(PASSWORD))

    result = mask(state)

    assert "secrets_providers" not in result
    assert {**result, "secrets_providers": 0}.keys() == state.keys()
    (made,) = result["resources"][1:]
    assert made["outputs"]["result"][SIGNATURE] == SECRET_SIGNATURE
    assert {**made, "outputs": 0} == {**password(PASSWORD), "outputs": 0}


def go_json(text: str) -> str:
    """As the engine writes it."""
    return json.dumps(text, ensure_ascii=False).replace("&", "\\u0026").replace("<", "\\u003c")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda text: quote(text, safe=""), id="in a URL"),
        pytest.param(quote, id="in a path"),
        pytest.param(quote_plus, id="in a form"),
        pytest.param(json.dumps, id="in JSON"),
        pytest.param(go_json, id="in Go's JSON"),
        pytest.param(lambda text: json.dumps(json.dumps({"a": text})), id="in JSON in JSON"),
        pytest.param(lambda text: json.dumps(quote(text, safe="")), id="in a URL in JSON"),
        pytest.param(lambda text: "Basic " + base64_of(f"user:{text}"), id="in a header"),
        pytest.param(lambda text: base64_of(json.dumps({"auths": [text]})), id="in JSON in base64"),
        pytest.param(
            lambda text: base64.urlsafe_b64encode(f"\x00??>{text}".encode()).decode().rstrip("="), id="in a token"
        ),
    ],
)
@pytest.mark.parametrize("made", [PASSWORD, ODD])
def test_other_notations_come_out_as_the_program_would_write_the_placeholder(written: Any, made: str) -> None:
    """So that the preview finds no difference; marked or not."""
    for value in (secret(f"x {written(made)}"), f"x {written(made)}"):
        found, placeholder = held(value, made)

        assert found == f"x {written(placeholder)}"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("made", [PASSWORD, "??>>~~??>>~~??>>~~??>>~~"])
@pytest.mark.parametrize("before", ["", "k", "ke", "key", "ab/"])
def test_base64_that_is_part_of_other_text_tells_nothing_either(encode: Any, made: str, before: str) -> None:
    """Where nobody can say where it begins."""
    encoded = encode((before + made).encode()).decode()[len(before) :]

    found, _ = held(f"somewhere/{encoded}", made)

    parts = [encoded[start : start + 12] for start in range(len(encoded) - 12)]
    assert not [part for part in parts[4:-4] if part in found]


@pytest.mark.parametrize(
    "value", ["", "a", "true", "12345", "Stack", "result", "priceguard", True, False, 7, 1.5, None]
)
def test_what_is_no_secret_worth_the_name_is_masked_where_it_is_marked_only(value: Any) -> None:
    """A short text, a number, a word that the engine's names are made of: the rest of the state must stay whole."""
    state = deployment(password(value), resource("test:index:Thing", "a", {"a": "a true 12345 7 result priceguard"}))

    result = opened(mask(state))

    assert result["resources"][2] == state["resources"][2]
    found = result["resources"][1]["outputs"]["result"]
    assert type(found) is type(value)
    assert not found or MASKED.fullmatch(found)


def test_a_secret_that_nobody_made_goes_as_a_whole() -> None:
    """One of the settings, or a registry's token: nothing says which part of it is harmless."""
    found, _ = held(secret("another-one-of-the-settings"))
    token, _ = held(secret([{"password": "a-token", "port": 22}]))

    assert MASKED.fullmatch(found)
    assert MASKED.fullmatch(token[0]["password"])
    assert token[0]["port"] == 0


def test_a_secret_that_a_provider_made_goes_as_a_whole_even_around_another_one() -> None:
    """Its provider composed it, and no program does again."""
    whole = f"{PASSWORD}-with-more-of-it"
    _, other, plain = masked(
        password(PASSWORD),
        resource("test:index:Other", "other", {}, {"token": secret(whole)}),
        resource("test:index:Thing", "plain", {"value": f"{whole}/{PASSWORD}"}),
    )

    assert MASKED.fullmatch(other["outputs"]["token"])
    assert plain["inputs"]["value"].startswith(other["outputs"]["token"] + "/")
    assert "with-more" not in json.dumps(plain)


def test_what_everybody_may_know_stays() -> None:
    """The program computes it from the settings, and a placeholder would look like a change. Its password goes."""
    origins = "https://dev.example,http://localhost:5173"
    registries = [{"address": "https://1.ecr", "username": "AWS", "password": "a-token-of-today"}]

    version, other, image = masked(
        resource(VERSION, "allowed-origins", {"secretString": secret(origins)}),
        resource(VERSION, "other", {"secretString": secret("https://dev.example")}),
        resource("docker-build:index:Image", "sha-1", {"registries": secret(registries)}),
    )

    assert MASKED.fullmatch(other["inputs"]["secretString"])
    # What is a secret elsewhere is one here as well.
    assert version["inputs"]["secretString"] == f"{other['inputs']['secretString']},http://localhost:5173"
    (registry,) = image["inputs"]["registries"]
    assert (registry["address"], registry["username"]) == ("https://1.ecr", "AWS")
    assert MASKED.fullmatch(registry["password"])


def test_an_operation_that_was_interrupted_is_masked_too() -> None:
    """The engine keeps the resource that was being made beside the others."""
    pending = {"resource": password(PASSWORD), "type": "creating"}

    result = mask({**deployment(), "pending_operations": [pending]})

    assert PASSWORD not in json.dumps(result)
    assert result["pending_operations"][0]["type"] == "creating"


@pytest.mark.parametrize(
    "wrong",
    [
        {SIGNATURE: SECRET_SIGNATURE, "ciphertext": "v1:abc"},
        {SIGNATURE: SECRET_SIGNATURE, "plaintext": f"{PASSWORD}{{"},
        {SIGNATURE: SECRET_SIGNATURE},
    ],
)
def test_what_cannot_be_read_is_refused_without_being_shown(wrong: Any) -> None:
    """What is still encrypted, and what is no JSON."""
    with pytest.raises(MaskError, match=r"a secret of urn:.*Thing::odd is not .*: export") as refused:
        mask(deployment(resource("test:index:Thing", "odd", {"value": wrong})))

    assert PASSWORD not in str(refused.value)


def test_nothing_is_written_when_a_secret_would_be_left() -> None:
    """Here two placeholders and what is around them happen to spell one."""
    spelled = "ymasked00000"

    with pytest.raises(MaskError, match=r"a secret would still be in inputs of urn:\S+Thing::odd: nothing was written"):
        mask(
            deployment(
                password(PASSWORD),
                resource("test:index:Other", "other", {}, {"token": secret(spelled)}),
                resource("test:index:Thing", "odd", {"value": f"y{PASSWORD}"}),
            )
        )
