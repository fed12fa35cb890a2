"""Wrong configuration is refused before any resource exists, all of it at once, each with the key's name."""

import json

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import checks
from infra.setting_objects import AlarmSettings, DatabaseSettings, DnsSettings, PlansSettings
from render import program
from render.configuration import read_configuration
from render.monitor import Monitor, run_program
from tests.infra.refusal import line_about, refusal

DATABASE = json.loads(read_configuration("dev")["priceguard:database"])


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
        ("dev", "vpcCidr", "10.0.0.0/24", "/16"),
        ("dev", "certificateArn", "arn:aws:acm:eu-west-1:123456789012:certificate/" + "0" * 36, "aws:region"),
        ("dev", "certificateArn", "nonsense", "ARN"),
        ("dev", "webhookSlots", "c", "one slot, a or b, or both"),
        ("dev", "webhookSlots", "", "one slot"),
        ("dev", "webhookSlots", "a,a", "one slot"),
        ("dev", "webhookSlots", "a, b", "one slot"),
        ("dev", "webhookSlots", '["a"]', "one slot"),
        ("dev", "stripeApiUrl", "http://api.stripe.com", "https://api.stripe.com or"),
        ("dev", "stripeApiUrl", "https://api.stripe.com/", "https://api.stripe.com or"),
        ("dev", "stripeApiUrl", "https://api.stripe.com.evil.example", "https://api.stripe.com or"),
        ("dev", "stripeApiUrl", "http://192.168.0.1:8080", "https://api.stripe.com or"),
        ("prod", "stripeApiUrl", "http://127.0.0.1:8080", "https://api.stripe.com in every account but 000000000000"),
        ("dev", "stripeApiUrl", "http://127.0.0.1:8080", "https://api.stripe.com in every account but 000000000000"),
        ("prod", "image", "build", "none or name a digest"),
        ("dev", "account", "123", "12 digits"),
        ("dev", "owner", "", "a tag may hold"),
        ("dev", "costCentre", "a\nb", "a tag may hold"),
        ("dev", "certificateArn", "arn:aws:acm:us-east-1:210987654321:certificate/" + "0" * 36, "priceguard:account"),
        ("dev", "certificateNames", '["*.priceguardbackend.live"]', "host names"),
        ("dev", "certificateNames", '["a.dev.priceguardbackend.live", "a.dev.priceguardbackend.live"]', "different"),
        ("dev", "apiDomain", "api.priceguardbackend.live", "label dev"),
        ("prod", "apiDomain", "api.dev.priceguardbackend.live", "must not have the label dev"),
        ("prod", "logLevel", "WARNING", "must be DEBUG or INFO"),
        ("prod", "firewallMode", "count", "must be block in prod"),
        ("dev", "firewallMode", "off", "one of count, block"),
    ],
)
def test_a_bad_value_is_refused_with_its_key(stack: str, key: str, value: str, says: str) -> None:
    """Each key has its own words for what it must be."""
    assert says in line_about(key, stack, value)


def test_an_existing_certificate_has_its_names_already() -> None:
    """Further names for it would be ignored in silence."""
    changes = {
        "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/" + "0" * 36,
        "certificateNames": '["a.dev.priceguardbackend.live"]',
    }

    assert "certificateNames, for one that the program makes, must be empty" in refusal("dev", changes=changes)


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
    assert "priceguard:image: must be none or name a digest" in message
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
        *(checks.account, checks.domains, checks.email, checks.tag, checks.snapshot),
        *map(checks.settings_object, (AlarmSettings, DatabaseSettings, DnsSettings, PlansSettings)),
    ):
        try:
            check(raw)
        except ValueError:
            continue
