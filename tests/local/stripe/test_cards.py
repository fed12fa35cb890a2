"""What each test card does when it is saved and when it is charged."""

from typing import Any

import pytest
import stripe

from local.stripe.cards import CARDS
from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import Shop

SAVE: Any = {"usage": "off_session", "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}


def saving(**more: Any) -> Any:
    """Parameters of a setup intent as a shop makes it."""
    return {**SAVE, **more}


def card(number: str) -> Any:
    """What a page sends of a card."""
    data = {"number": number, "exp_month": "12", "exp_year": "34", "cvc": "123"}
    return {"payment_method_data": {"type": "card", "card": data}}


@pytest.mark.parametrize(
    ("number", "status"),
    [
        ("4242424242424242", "succeeded"),
        ("4242 4242 4242 4242", "succeeded"),
        ("4000000000000341", "succeeded"),
        ("4000000000005126", "succeeded"),
        ("4000002500003155", "requires_action"),
        ("4000002760003184", "requires_action"),
    ],
)
async def test_a_page_saves_a_card(
    client: stripe.StripeClient, page: stripe.StripeClient, number: str, status: str
) -> None:
    """With the publishable key and the client secret; only what a shop may know of the card is kept."""
    customer = await client.v1.customers.create_async()
    intent = await client.v1.setup_intents.create_async(saving(customer=customer.id))
    assert intent.status == "requires_payment_method"

    confirm: Any = {**card(number), "client_secret": intent.client_secret, "use_stripe_sdk": True}
    confirmed = await page.v1.setup_intents.confirm_async(intent.id, confirm)

    assert confirmed.status == status
    assert (confirmed.next_action is not None) == (status == "requires_action")
    method = await client.v1.payment_methods.retrieve_async(str(confirmed.payment_method))
    assert method.customer == (customer.id if status == "succeeded" else None)
    assert method.card
    assert method.card.last4 == number[-4:]


@pytest.mark.parametrize(
    ("number", "code", "decline"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
    ],
)
async def test_a_declined_card_is_not_saved(client: stripe.StripeClient, number: str, code: str, decline: str) -> None:
    """A 402 that carries the intent, which waits for another card."""
    intent = await client.v1.setup_intents.create_async(SAVE)

    with pytest.raises(stripe.CardError) as caught:
        await client.v1.setup_intents.confirm_async(intent.id, card(number))

    assert (caught.value.http_status, caught.value.code) == (402, code)
    assert caught.value.error
    assert caught.value.error.decline_code == decline
    after = await client.v1.setup_intents.retrieve_async(intent.id)
    assert after.status == "requires_payment_method"
    assert after.last_setup_error
    assert after.last_setup_error.code == code


async def test_a_declined_card_is_not_attached(client: stripe.StripeClient) -> None:
    """Whether it is attached by an alias or by the id of a payment method."""
    customer = await client.v1.customers.create_async()

    with pytest.raises(stripe.CardError, match="declined"):
        await client.v1.payment_methods.attach_async("pm_card_visa_chargeDeclined", {"customer": customer.id})

    assert not (await client.v1.payment_methods.list_async({"customer": customer.id})).data


async def test_a_number_that_is_no_test_card_is_refused(client: stripe.StripeClient) -> None:
    """The message names the ones that are."""
    intent = await client.v1.setup_intents.create_async(SAVE)

    with pytest.raises(stripe.CardError, match="4242424242424242") as caught:
        await client.v1.setup_intents.confirm_async(intent.id, card("4111111111111111"))

    assert caught.value.http_status == 402


@pytest.mark.parametrize("expiry", [("13", "30"), ("01", "20")])
async def test_a_wrong_expiry_is_refused(client: stripe.StripeClient, expiry: tuple[str, str]) -> None:
    """No such month, or one that has passed."""
    data: Any = {"type": "card", "card": {"number": "4242424242424242", "exp_month": expiry[0], "exp_year": expiry[1]}}

    with pytest.raises(stripe.CardError, match="expiration"):
        await client.v1.payment_methods.create_async(data)


async def test_no_number_is_kept(stand_in: StandIn, client: stripe.StripeClient) -> None:
    """Neither in an object nor in an event."""
    for name in CARDS:
        await client.v1.payment_methods.create_async({"type": "card", "card": {"token": f"tok_{name}"}})
    await client.v1.payment_methods.create_async(card("4242424242424242")["payment_method_data"])

    assert not [one for one in CARDS.values() if one.number in repr(stand_in.objects)]


@pytest.mark.parametrize("succeed", [True, False])
async def test_the_bank_answers_a_setup(stand_in: StandIn, shop: Shop, *, succeed: bool) -> None:
    """Its yes attaches the card, its no leaves the intent waiting for another."""
    customer = await shop.customer(None)
    intents = shop.client.v1.setup_intents
    intent = await intents.create_async(saving(customer=customer, payment_method="pm_card_authenticationRequired"))
    await intents.confirm_async(intent.id)

    stand_in.authenticate(intent.id, succeed=succeed)

    after = await intents.retrieve_async(intent.id)
    assert after.status == ("succeeded" if succeed else "requires_payment_method")
    assert after.next_action is None
    methods = await shop.client.v1.payment_methods.list_async({"customer": customer})
    assert len(methods.data) == succeed
    assert (await shop.types())[-1] == ("setup_intent.succeeded" if succeed else "setup_intent.setup_failed")


@pytest.mark.parametrize(
    ("alias", "status"),
    [
        ("pm_card_visa", "active"),
        ("pm_card_mastercard", "active"),
        ("pm_card_chargeCustomerFail", "incomplete"),
        ("pm_card_authenticationRequired", "incomplete"),
        ("pm_card_authenticationRequiredOnSetup", "incomplete"),
        ("pm_card_renewalFail", "active"),
    ],
)
async def test_a_card_is_charged(shop: Shop, alias: str, status: str) -> None:
    """At once, when it was attached without a setup."""
    subscription = await shop.subscribe(await shop.customer(alias))

    assert subscription.status == status


async def test_a_setup_frees_a_card_from_more_questions(stand_in: StandIn, shop: Shop) -> None:
    """4000002500003155 is asked once; 4000002760003184 at every payment."""
    states: list[str] = []
    for alias in ("pm_card_authenticationRequiredOnSetup", "pm_card_authenticationRequired"):
        customer = await shop.customer(None)
        create: Any = {**SAVE, "customer": customer, "payment_method": alias, "confirm": True}
        intent = await shop.client.v1.setup_intents.create_async(create)
        stand_in.authenticate(intent.id)

        subscription = await shop.subscribe(customer, default_payment_method=intent.payment_method)
        states.append(str(subscription.status))

    assert states == ["active", "incomplete"]


async def test_a_card_belongs_to_one_customer(client: stripe.StripeClient, shop: Shop) -> None:
    """Nobody else may attach it, set it as default, or pay with it; detached, nobody may use it again."""
    owner, other = await shop.customer(), await shop.customer(None)
    method = (await client.v1.payment_methods.list_async({"customer": owner})).data[0].id
    intent = await client.v1.setup_intents.create_async(saving(customer=other))

    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        await client.v1.payment_methods.attach_async(method, {"customer": other})
    with pytest.raises(stripe.InvalidRequestError, match="No such payment method"):
        await client.v1.customers.update_async(other, {"invoice_settings": {"default_payment_method": method}})
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        await client.v1.setup_intents.confirm_async(intent.id, {"payment_method": method})
    with pytest.raises(stripe.InvalidRequestError, match="No such payment method"):
        await shop.subscribe(other, default_payment_method=method)

    await client.v1.payment_methods.detach_async(method)

    customer = await client.v1.customers.retrieve_async(owner)
    assert customer.invoice_settings
    assert customer.invoice_settings.default_payment_method is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        await client.v1.payment_methods.attach_async(method, {"customer": owner})


async def test_an_intent_is_confirmed_once(client: stripe.StripeClient) -> None:
    """Afterwards it is over; without a card it cannot begin."""
    intent = await client.v1.setup_intents.create_async(SAVE)
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        await client.v1.setup_intents.confirm_async(intent.id)
    await client.v1.setup_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})

    with pytest.raises(stripe.InvalidRequestError, match="already succeeded") as caught:
        await client.v1.setup_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"})

    assert caught.value.code == "setup_intent_unexpected_state"
