"""What may be published, and what a variable becomes."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.netlify.errors import ValueRefusedError
from gitops.netlify.model import Value, Variable
from gitops.netlify.values import CONTEXTS, EACH, NAMES, SCOPES, changes, checked, merged, normal, sent, wanted_of
from tests.gitops.netlify.world import DEV, NEW, World

URL, KEY, PRICE = "VITE_API_BASE_URL", "VITE_STRIPE_PUBLISHABLE_KEY", "VITE_STRIPE_PRICE_BASIC"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "secret",
    [
        "sk_live_" + "a" * 24,
        "rk_test_" + "a" * 24,
        "whsec_" + "a" * 32,
        "AKIA" + "A" * 16,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "ghp_" + "a" * 36,
        "nfp_" + "a" * 36,
        "postgresql://user:word@db.example/priceguard",
        "https://user:word@api.example.com",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_what_looks_like_a_secret_is_not_published(name: str, secret: str) -> None:
    """Nor repeated in the message; nothing is written."""
    world = World()
    with pytest.raises(ValueRefusedError, match=f"{name} looks like a secret") as told:
        world.sync({**NEW, name: secret})

    assert secret not in str(told.value)
    assert world.asked == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        (URL, "http://api.example.com", "is not an address"),
        (URL, "https://api.example.com/v1?key=value", "is not an address"),
        (URL, "https://api.example.com\n", "is not an address"),
        (URL, None, "is not an address"),
        (URL, {"secret": True}, "is not an address"),
        (KEY, "pk_live_", "is not a publishable key"),
        (KEY, "tG7/kd9Qw+Zx2v", "is not a publishable key"),
        (
            KEY,
            "pk_test_one",
            "is a key of test mode, and prod takes live mode: correct priceguard:stripePublishableKey",
        ),
        (PRICE, "prod_1", "is not the id of a price"),
        (PRICE, "", "is not the id of a price"),
    ],
)
def test_a_value_must_be_what_its_name_says(name: str, value: Any, words: str) -> None:
    """So that what is no secret by its looks is none by its place either."""
    with pytest.raises(ValueRefusedError, match=f"^{name} {words}"):
        checked("prod", {**NEW, name: value})


def test_dev_takes_no_live_key() -> None:
    """Else a preview of the site would charge real cards."""
    with pytest.raises(ValueRefusedError, match="is a key of live mode, and dev takes test mode"):
        checked("dev", {**DEV, KEY: NEW[KEY]})


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({**NEW, "VITE_DEBUG": "1"}, "VITE_DEBUG: not on the list of what is published"),
        ({k: v for k, v in NEW.items() if k != PRICE}, f"lacks {PRICE}: update prod first"),
        (None, "the stack has no output netlifyEnvironment"),
        ([], "the stack has no output netlifyEnvironment"),
    ],
)
def test_only_what_is_on_the_list_is_published_and_all_of_it(environment: Any, words: str) -> None:
    """A new output reaches no browser by itself."""
    with pytest.raises(ValueRefusedError, match=words):
        checked("prod", environment)


def test_a_variable_that_is_marked_as_secret_is_left_alone() -> None:
    """Netlify neither shows its values nor takes the mark away, and the build's secret scan would fail."""
    world = World(published=False)
    world.variables.create([{"key": URL, "is_secret": True, "values": [{"context": "production", "value": "x"}]}])

    with pytest.raises(ValueRefusedError, match=r"marked as secret at Netlify.*delete it"):
        world.sync()
    assert world.written == []


def test_scopes_are_sent_only_where_they_are_fewer_than_all() -> None:
    """A free plan refuses any; what a paid plan has narrowed stays so, by the name that is sent."""
    for all_of_them in ((), tuple(SCOPES), ("builds", "functions", "runtime", "post_processing")):
        assert "scopes" not in sent(Variable(key=URL, scopes=all_of_them))
    assert sent(Variable(key=URL, scopes=("builds", "post_processing")))["scopes"] == ["builds", "post-processing"]
    assert normal(["post_processing"]) == normal(["post-processing"])


TEXT = st.sampled_from(["", "a", "b", "c"])
OTHERS = st.builds(Value, context=st.just("branch"), value=TEXT, context_parameter=st.sampled_from(["x", "y"]))
ONE_FOR_ALL = st.builds(
    lambda value, more: (Value(context="all", value=value), *more), TEXT, st.lists(OTHERS, max_size=2)
)
ONE_FOR_EACH = st.builds(
    lambda values, more: (*(Value(context=context, value=value) for context, value in values.items()), *more),
    st.dictionaries(st.sampled_from(EACH), TEXT),
    st.lists(OTHERS, max_size=2),
)


def value_in(variable: Variable, context: str) -> str:
    """What a build in the context gets."""
    values = {value.context: value.value for value in variable.values}
    return values.get(context) or values.get("all") or ""


@settings(deadline=None)
@given(
    values=ONE_FOR_ALL | ONE_FOR_EACH, stack=st.sampled_from(list(CONTEXTS)), wanted=st.sampled_from(["a", "z", None])
)
def test_a_variable_becomes_what_is_wanted_and_stays_what_it_is_elsewhere(
    values: tuple[Value, ...], stack: str, wanted: str | None
) -> None:
    """Whatever was there; and then nothing is left to be done."""
    before = Variable(key=URL, values=values)
    asked = {URL: dict.fromkeys(CONTEXTS[stack], wanted)}

    after = merged(before, asked[URL])

    assert all(value_in(after, context) == (wanted or "") for context in CONTEXTS[stack])
    assert all(value_in(after, other) == value_in(before, other) for other in EACH if other not in CONTEXTS[stack])
    branches = [value for value in before.values if value.context == "branch" and value.value]
    assert [value for value in after.values if value.context == "branch"] == branches
    assert "all" not in {value.context for value in after.values}, "beside others, Netlify refuses it"
    assert not list(changes({URL: after}, asked))


def test_the_outputs_are_what_the_program_exports() -> None:
    """Each with the contexts of its stack."""
    assert wanted_of("dev", {URL: "x"}) == {URL: {"deploy-preview": "x", "branch-deploy": "x"}}
    assert wanted_of("prod", {URL: "x"}) == {URL: {"production": "x"}}
