"""Stripe's types on the stand-in: the provider's own rules, and what is really there afterwards."""

import socket
from dataclasses import replace
from typing import Any

import pytest
import stripe

from local.loopback import direct_session
from local.providers import ProviderError, Providers, Surroundings
from local.stripe_server import StripeServer
from tests.local.conftest import AskAws

ENDPOINT = "stripe:index/webhookEndpoint:WebhookEndpoint"
PRODUCT = "stripe:index/product:Product"
PRICE = "stripe:index/price:Price"
SECRET = "aws:secretsmanager/secret:Secret"
URL = {"url": "https://api.behaviour.example/api/stripe/webhook", "enabledEvents": ["invoice.paid"]}


@pytest.fixture(scope="module")
def asked(stripe_server: StripeServer) -> Any:
    """The stand-in, looked at apart from the providers."""
    transport = stripe.RequestsClient(session=direct_session())
    here = stripe_server.endpoint
    return stripe.StripeClient("sk_test_asked", base_addresses={"api": here}, http_client=transport).v1


def price(product: str, amount: int, key: str) -> dict[str, Any]:
    """Inputs of a monthly price that takes the lookup key along."""
    return {
        "product": product,
        "currency": "usd",
        "unitAmount": amount,
        "recurring": {"interval": "month", "intervalCount": 1},
        "lookupKey": key,
        "transferLookupKey": True,
    }


class TestWebhookEndpoint:
    """stripe:index/webhookEndpoint:WebhookEndpoint."""

    def test_the_secret_is_told_once_and_kept(self, providers: Providers) -> None:
        """An update does not lose it; another endpoint has another one."""
        made = providers.create(ENDPOINT, "webhook-a", {**URL, "metadata": {"slot": "a"}})
        changed = providers.update(made, {**made.inputs, "url": "https://api.behaviour.example/other"})
        other = providers.create(ENDPOINT, "webhook-b", URL)

        assert made.outputs["secret"].startswith("whsec_")
        assert changed.outputs["secret"] == made.outputs["secret"] != other.outputs["secret"]
        assert changed.id == made.id

    def test_what_is_said_arrives(self, providers: Providers, asked: Any) -> None:
        """Changes, too; metadata that is gone is gone at Stripe."""
        inputs = providers.check(
            ENDPOINT, "e", {**URL, "description": "d", "metadata": {"slot": "a", "old": "1"}}, None
        )
        made = providers.create(ENDPOINT, "e", inputs)
        there = asked.webhook_endpoints.retrieve(made.id)
        assert (there.url, there.status, there.metadata.to_dict()) == (URL["url"], "enabled", {"slot": "a", "old": "1"})

        new = {**inputs, "disabled": True, "metadata": {"slot": "b"}}
        del new["description"]
        assert providers.diff(ENDPOINT, inputs, new).changed == {"disabled", "metadata", "description"}
        providers.update(made, new)

        there = asked.webhook_endpoints.retrieve(made.id)
        assert (there.status, there.metadata.to_dict(), there.description) == ("disabled", {"slot": "b"}, None)

    def test_it_can_only_be_disabled_later(self, providers: Providers, asked: Any) -> None:
        """The provider does not send that at the creation."""
        made = providers.create(ENDPOINT, "late", {**URL, "disabled": True})

        assert asked.webhook_endpoints.retrieve(made.id).status == "enabled"

    def test_deleting_takes_it_away(self, providers: Providers, asked: Any) -> None:
        """And a second time is an error."""
        made = providers.create(ENDPOINT, "gone", URL)
        providers.delete(made)

        assert made.id not in {endpoint.id for endpoint in asked.webhook_endpoints.list(params={"limit": 100}).data}
        with pytest.raises(ProviderError, match=r"webhook_endpoints\.delete was refused"):
            providers.delete(made)

    @pytest.mark.parametrize("changed", [{"apiVersion": "2026-10-28.endive"}, {"connect": True}])
    def test_version_and_connect_replace(self, providers: Providers, changed: dict[str, Any]) -> None:
        """Everything else changes in place."""
        inputs = providers.check(ENDPOINT, "e", URL, None)

        assert providers.diff(ENDPOINT, inputs, {**inputs, **changed}).replaces == changed.keys()
        assert not providers.diff(ENDPOINT, inputs, {**inputs, "url": "https://x.example"}).replaces

    def test_a_default_is_no_change(self, providers: Providers) -> None:
        """Saying what the provider takes anyway."""
        inputs = providers.check(ENDPOINT, "e", URL, None)

        assert providers.check(ENDPOINT, "e", {**URL, "disabled": False}, inputs) == inputs


class TestProduct:
    """stripe:index/product:Product."""

    def test_one_that_is_there_already_is_taken_over(self, providers: Providers, asked: Any) -> None:
        """What the runner has forgotten is not made twice, and says what the program says now."""
        first = providers.create(PRODUCT, "p", {"productId": "taken", "name": "Old"})
        second = providers.create(PRODUCT, "p", {"productId": "taken", "name": "New"})

        assert (first.id, second.id) == ("taken", "taken")
        assert asked.products.retrieve("taken").name == "New"

    def test_one_without_prices_is_deleted(self, providers: Providers, asked: Any) -> None:
        """Really."""
        providers.delete(providers.create(PRODUCT, "p", {"productId": "unused", "name": "Unused"}))

        with pytest.raises(stripe.InvalidRequestError, match="No such product"):
            asked.products.retrieve("unused")

    def test_one_with_prices_stays_as_it_is(self, providers: Providers, asked: Any) -> None:
        """Stripe refuses, and the provider forgets it without archiving it."""
        product = providers.create(PRODUCT, "p", {"productId": "used", "name": "Used"})
        providers.create(PRICE, "p", price("used", 900, "used_monthly"))
        providers.delete(product)

        assert asked.products.retrieve("used").active is True

    def test_without_a_chosen_id_stripe_chooses(self, providers: Providers) -> None:
        """And the output tells it."""
        made = providers.create(PRODUCT, "p", {"name": "Anything"})

        assert made.outputs["productId"] == made.id != ""


class TestPrice:
    """stripe:index/price:Price."""

    def test_another_amount_is_another_price_that_takes_the_lookup_key(self, providers: Providers, asked: Any) -> None:
        """The old one stays active without the key: the provider's deletion does nothing at Stripe."""
        providers.create(PRODUCT, "p", {"productId": "raised", "name": "Raised"})
        inputs = providers.check(PRICE, "p", price("raised", 900, "raised_monthly"), None)
        old = providers.create(PRICE, "p", inputs)
        dearer = {**inputs, "unitAmount": 1900}
        assert providers.diff(PRICE, inputs, dearer).replaces == {"unitAmount"}

        new = providers.create(PRICE, "p", dearer)
        providers.delete(old)

        (found,) = asked.prices.list(params={"lookup_keys": ["raised_monthly"]}).data
        assert (found.id, found.unit_amount) == (new.id, 1900)
        left = asked.prices.retrieve(old.id)
        assert (left.lookup_key, left.active, left.unit_amount) == (None, True, 900)

    def test_a_lookup_key_is_not_taken_without_asking(self, providers: Providers) -> None:
        """The property to blame is named as Pulumi names it."""
        providers.create(PRODUCT, "p", {"productId": "held", "name": "Held"})
        providers.create(PRICE, "p", price("held", 900, "held_monthly"))

        with pytest.raises(ProviderError, match=f"{PRICE} p: lookupKey: prices.create was refused") as refused:
            providers.create(PRICE, "p", {**price("held", 901, "held_monthly"), "transferLookupKey": False})

        assert refused.value.property == "lookupKey"

    @pytest.mark.parametrize("name", ["currency", "product", "unitAmount", "recurring"])
    def test_what_a_price_is_replaces_it(self, providers: Providers, name: str) -> None:
        """Nickname, metadata and lookup key change in place."""
        inputs = price("p", 900, "k")

        assert providers.diff(PRICE, inputs, {**inputs, name: "other"}).replaces == {name}
        assert not providers.diff(PRICE, inputs, {**inputs, "nickname": "n", "lookupKey": "other"}).replaces


@pytest.mark.parametrize("type_", [ENDPOINT, PRODUCT, PRICE])
def test_an_unknown_property_is_refused_by_name(type_: str, providers: Providers) -> None:
    """Before anything is made, however it gets here."""
    for ask in (
        lambda: providers.check(type_, "api", {"misspelt": 1}, None),
        lambda: providers.create(type_, "api", {"misspelt": 1}),
    ):
        with pytest.raises(ProviderError, match=f"{type_} api: misspelt: is no property") as refused:
            ask()
        assert refused.value.property == "misspelt"


def test_a_platform_without_stripe_says_so(surroundings: Surroundings) -> None:
    """Rather than asking the real one."""
    providers = Providers(replace(surroundings, stripe_url=None))

    with pytest.raises(ProviderError, match=f"{PRODUCT} basic: this platform has no Stripe"):
        providers.create(PRODUCT, "basic", {"name": "Basic"})


def test_a_stand_in_that_does_not_answer_is_named(surroundings: Surroundings) -> None:
    """With the operation."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        nobody = f"http://127.0.0.1:{probe.getsockname()[1]}"
    providers = Providers(replace(surroundings, stripe_url=nobody))

    with pytest.raises(ProviderError, match=r"products\.create was not answered"):
        providers.create(PRODUCT, "basic", {"name": "Basic"})


def test_no_proxy_sees_what_goes_to_the_stand_in(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the developer's environment says."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert providers.create(PRODUCT, "p", {"name": "Behind no proxy"}).id


class TestGivenSecrets:
    """Surroundings.given_secrets: what a person would have put into Secrets Manager."""

    def test_a_given_value_is_the_first_version(self, providers: Providers, ask_aws: AskAws) -> None:
        """The function that the program asks finds it, by its metadata alone."""
        secret = providers.create(SECRET, "given", {"name": "given/by-a-person"})

        answer = providers.invoke("aws:secretsmanager/getSecretVersions:getSecretVersions", {"secretId": secret.id})

        (version,) = answer["versions"]
        assert version["versionStages"] == ["AWSCURRENT"]
        assert "the-given-value" not in repr(answer) + repr(secret.outputs)
        read = ask_aws("secretsmanager", "get_secret_value", SecretId=secret.id, VersionId=version["versionId"])
        assert read["SecretString"] == "the-given-value"

    def test_any_other_secret_has_none(self, providers: Providers) -> None:
        """The program then asks a person for it."""
        secret = providers.create(SECRET, "other", {"name": "given/by-nobody"})

        answer = providers.invoke("aws:secretsmanager/getSecretVersions:getSecretVersions", {"secretId": secret.id})

        assert not [version for version in answer["versions"] or [] if "AWSCURRENT" in version["versionStages"]]

    def test_it_is_in_no_repr(self, surroundings: Surroundings) -> None:
        """Log lines and tracebacks show these objects."""
        assert "the-given-value" not in repr(surroundings)
