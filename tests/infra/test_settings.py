"""Wrong configuration is refused before any resource exists, all of it at once, each with the key's name."""

import json

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import checks
from infra.settings import PlansSettings
from render import program
from render.configuration import read_configuration
from render.monitor import Monitor, run_program
from render.registration import Made, Registration

PROD_DATABASE = json.loads(read_configuration("prod")["priceguard:database"])
DATABASE = json.loads(read_configuration("dev")["priceguard:database"])
PLANS = json.loads(read_configuration("dev")["priceguard:plans"])


class CountingMaker(program.NamedUnknowns):
    """Counts the resources that were made before the settings were refused."""

    made = 0

    def make(self, registration: Registration) -> Made:
        """Count, and go on."""
        self.made += 1
        return super().make(registration)


def refusal(stack: str, *, changes: dict[str, str], without: tuple[str, ...] = ()) -> str:
    """The message that refuses `stack` with some keys changed or taken away; no resource was made."""
    config = read_configuration(stack) | {f"priceguard:{key}": value for key, value in changes.items()}
    for key in without:
        del config[f"priceguard:{key}"]
    maker = CountingMaker("us-east-1")
    with pytest.raises(pulumi.RunError) as caught:
        run_program(stack, config, maker)
    assert maker.made == 0
    return str(caught.value)


@pytest.mark.parametrize(
    ("stack", "key", "value", "says"),
    [
        ("dev", "apiDomain", "https://api.example.com", "a host name"),
        ("dev", "apiDomain", "api_.example.com", "a host name"),
        ("dev", "apiDomain", "", "a host name"),
        ("dev", "allowedOrigins", '["https://*.example.com"]', "origins"),
        ("dev", "allowedOrigins", '["http://example.com"]', "origins"),
        ("dev", "allowedOrigins", '["https://example.com/"]', "origins"),
        ("dev", "allowedOrigins", '["https://Example.com"]', "origins"),
        ("dev", "allowedOrigins", '["https://a.example.com,https://b.example.com"]', "origins"),
        ("dev", "allowedOrigins", "[]", "origins"),
        ("dev", "allowedOrigins", "not json", "origins"),
        ("dev", "image", "repository:latest", "never the tag latest"),
        ("dev", "image", "repository", "repository@sha256"),
        ("prod", "image", "123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard-prod:v1", "digest"),
        ("prod", "revision", "unreleased", "a commit"),
        ("prod", "minCount", "1", "at least 2"),
        ("prod", "capacity", "FARGATE_SPOT", "FARGATE"),
        ("prod", "egress", "public-ip", "private subnets"),
        ("prod", "protect", "false", "true"),
        ("prod", "stripePublishableKey", "pk_test_1", "live keys only"),
        ("dev", "stripePublishableKey", "pk_live_1", "test keys only"),
        ("dev", "minCount", "3", "maxCount"),
        ("dev", "minCount", "two", "a whole number"),
        ("dev", "maxCount", "0", "a whole number"),
        ("dev", "logLevel", "debug", "one of DEBUG"),
        ("dev", "logRetentionDays", "15", "one of"),
        ("dev", "vpcCidr", "8.8.0.0/16", "private"),
        ("dev", "vpcCidr", "127.1.0.0/16", "private"),
        ("prod", "image", "210987654321.dkr.ecr.us-east-1.amazonaws.com/priceguard-prod@sha256:" + "1" * 64, "own"),
        ("prod", "database", json.dumps({**PROD_DATABASE, "multiAz": False}), "multiAz must be true"),
        ("prod", "database", json.dumps({**PROD_DATABASE, "tls": "require"}), "tls must be verify-full"),
        ("dev", "vpcCidr", "10.0.0.0/24", "/16"),
        ("dev", "certificateArn", "arn:aws:acm:eu-west-1:123456789012:certificate/" + "0" * 36, "aws:region"),
        ("dev", "certificateArn", "nonsense", "ARN"),
        ("dev", "database", "[]", "an object"),
        ("dev", "webhookSlots", "c", "one slot, a or b, or both"),
        ("dev", "webhookSlots", "", "one slot"),
        ("dev", "webhookSlots", "a,a", "one slot"),
        ("dev", "webhookSlots", "a, b", "one slot"),
        ("dev", "webhookSlots", '["a"]', "one slot"),
        ("dev", "stripeApiUrl", "http://api.stripe.com", "https://api.stripe.com or"),
        ("dev", "stripeApiUrl", "https://api.stripe.com/", "https://api.stripe.com or"),
        ("dev", "stripeApiUrl", "https://api.stripe.com.evil.example", "https://api.stripe.com or"),
        ("dev", "stripeApiUrl", "http://192.168.0.1:8080", "https://api.stripe.com or"),
        ("prod", "stripeApiUrl", "http://127.0.0.1:8080", "must be https://api.stripe.com in prod"),
        ("dev", "plans", "usd", "an object"),
        ("dev", "plans", json.dumps({**PLANS, "currency": "USD"}), "plans.currency: must be a currency"),
        ("dev", "plans", json.dumps({**PLANS, "currency": "dollars"}), "plans.currency: must be a currency"),
        ("dev", "plans", json.dumps({**PLANS, "basic": 900}), "plans.basic: must be an object"),
        ("dev", "plans", json.dumps({**PLANS, "basic": {"monthly": 900}}), "plans.basic.yearly: is missing"),
        (
            "dev",
            "plans",
            json.dumps({**PLANS, "basic": {**PLANS["basic"], "monthly": 49}}),
            "plans.basic.monthly: must be a whole number from 50 to 99999999",
        ),
        (
            "dev",
            "plans",
            json.dumps({**PLANS, "basic": {**PLANS["basic"], "yearly": 100_000_000}}),
            "plans.basic.yearly: must be a whole number",
        ),
        (
            "dev",
            "plans",
            json.dumps({**PLANS, "basic": {**PLANS["basic"], "monthly": 9.5}}),
            "plans.basic.monthly: must be a whole number",
        ),
        (
            "dev",
            "plans",
            json.dumps({**PLANS, "basic": {**PLANS["basic"], "montly": 900}}),
            "plans.basic.montly: no such key; did you mean monthly?",
        ),
        (
            "dev",
            "plans",
            json.dumps({**PLANS, "basics": PLANS["basic"]}),
            "plans.basics: no such key; did you mean basic?",
        ),
    ],
)
def test_a_bad_value_is_refused_with_its_key(stack: str, key: str, value: str, says: str) -> None:
    """Each key has its own words for what it must be."""
    (line,) = [line for line in refusal(stack, changes={key: value}).splitlines() if f"priceguard:{key}" in line]

    assert says in line


def test_everything_wrong_is_said_at_once() -> None:
    """A missing key, an unknown one, a bad domain, a tag in prod, min above max, an unknown class, a test key."""
    message = refusal(
        "prod",
        without=("logLevel",),
        changes={
            "imgae": "x",
            "apiDomain": "nope",
            "image": "repository:v1",
            "minCount": "9",
            "maxCount": "3",
            "database": json.dumps({**DATABASE, "instanceClass": "db.nope.huge", "multiAZ": True}),
            "stripePublishableKey": "pk_test_1",
        },
    )

    assert "priceguard:logLevel: is missing" in message
    assert "priceguard:imgae: no such key; did you mean priceguard:image?" in message
    assert "priceguard:apiDomain: must be" in message
    assert "priceguard:image: must name a digest" in message
    assert "priceguard:minCount: must not be greater than maxCount" in message
    assert "priceguard:database.instanceClass: must be one of db.t4g.micro" in message
    assert "priceguard:database.multiAZ: no such key; did you mean multiAz?" in message
    assert "priceguard:stripePublishableKey: holds a Stripe test key" in message
    assert "Pulumi.prod.yaml" in message


@pytest.mark.parametrize("key", ["sk_live_abc", "rk_live_abc", "pk_live_abc"])
def test_a_live_stripe_key_is_found_wherever_it_stands_in_dev(key: str) -> None:
    """Also in the provider's own configuration; and the message does not repeat the key."""
    config = read_configuration("dev") | {"stripe:apiKey": key}

    with pytest.raises(pulumi.RunError) as caught:
        run_program("dev", config, program.NamedUnknowns("us-east-1"))

    assert "stripe:apiKey: holds a Stripe live key" in str(caught.value)
    assert key not in str(caught.value)


def test_every_missing_key_is_named() -> None:
    """Without any configuration the message lists every required key."""
    with pytest.raises(pulumi.RunError) as caught:
        run_program("dev", {}, program.NamedUnknowns(""))

    required = {key for key in read_configuration("dev") if key != "aws:region"}
    assert {key for key in required if f"{key}: is missing" in str(caught.value)} == required
    assert "aws:region" in str(caught.value)


def test_only_dev_and_prod_are_environments() -> None:
    """A stack of another name would make an environment that nobody knows."""
    with pytest.raises(pulumi.RunError, match="stack 'staging': must be one of dev, prod"):
        run_program("staging", read_configuration("dev"), program.NamedUnknowns("us-east-1"))


def test_both_stacks_have_the_same_keys_in_the_same_order() -> None:
    """So that the two files can be compared line by line."""
    assert list(read_configuration("dev")) == list(read_configuration("prod"))


def test_a_good_value_reaches_the_program() -> None:
    """The other way round: what is allowed is used."""
    config = read_configuration("dev") | {"priceguard:minCount": "2", "priceguard:maxCount": "2"}

    monitor: Monitor = run_program("dev", config, program.NamedUnknowns("us-east-1"))

    (target,) = [r for r in monitor.registrations if r.type == "aws:appautoscaling/target:Target"]
    assert (target.inputs["minCapacity"], target.inputs["maxCapacity"]) == (2, 2)


@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.text())
    )
)
def test_checks_accept_or_refuse_but_never_crash(raw: object) -> None:
    """The engine hands over text, an object may hold anything: ValueError is the only refusal."""
    for check in (
        *(checks.domain, checks.image, checks.flag, checks.origins, checks.cidr, checks.whole_number(0, 9)),
        *(checks.webhook_slots, checks.currency, checks.stripe_api_url),
        checks.settings_object(PlansSettings),
    ):
        try:
            check(raw)
        except ValueError:
            continue
