"""What is wrong inside an object of the configuration is said with the key inside it."""

import json

import pytest

from render.configuration import read_configuration
from tests.infra.refusal import line_about

PROD_DATABASE = json.loads(read_configuration("prod")["priceguard:database"])
DATABASE = json.loads(read_configuration("dev")["priceguard:database"])
PLANS = json.loads(read_configuration("dev")["priceguard:plans"])


@pytest.mark.parametrize(
    ("stack", "key", "value", "says"),
    [
        ("prod", "database", json.dumps({**PROD_DATABASE, "multiAz": False}), "multiAz must be true"),
        ("prod", "database", json.dumps({**PROD_DATABASE, "tls": "require"}), "tls must be verify-full"),
        ("dev", "database", "[]", "an object"),
        ("dev", "dns", '{"provider": "route53"}', "dns.provider: must be one of netlify, manual"),
        ("dev", "dns", '{"provider": "netlify"}', "zone must be given"),
        ("dev", "dns", '{"provider": "netlify", "zone": "example.com"}', "must hold apiDomain"),
        (
            "dev",
            "dns",
            '{"provider": "netlify", "zone": "priceguardbackend.live", "takeOver": ["api.priceguardbackend.live"]}',
            "takeOver must name nothing but",
        ),
        ("dev", "alarms", '{"email": "nobody", "monthlyBudget": 50}', "alarms.email: must be an e-mail address"),
        ("dev", "alarms", '{"email": "a@example.com"}', "alarms.monthlyBudget: is missing"),
        ("prod", "database", json.dumps({**PROD_DATABASE, "monitoringInterval": 0}), "greater than 0"),
        ("dev", "database", json.dumps({**DATABASE, "monitoringInterval": 2}), "one of 0, 1, 5"),
        ("dev", "database", json.dumps({**DATABASE, "snapshot": "Not A Name"}), "RDS snapshot"),
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
def test_a_bad_value_in_an_object_is_refused_with_its_key(stack: str, key: str, value: str, says: str) -> None:
    """The object's key, and the one inside it."""
    assert says in line_about(key, stack, value)
