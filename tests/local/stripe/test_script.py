"""`/stripe.js`, run by Node.js instead of a browser: what a page calls, and what it gets."""

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import Shop
from tests.local.stripe.test_subscribing import incomplete

NODE = shutil.which("node")
PAGE = Path(__file__).with_name("page.mjs")

pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not here to run stripe.js")


async def confirmed(url: str, secret: str, card: str, bank: str = "") -> Any:
    """What the page says after somebody has typed a card."""
    command = [str(NODE), str(PAGE), url, "pk_test_x", secret, card, bank]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    output, _ = await process.communicate()
    assert process.returncode == 0
    return json.loads(output)


@pytest.mark.parametrize(
    ("card", "bank", "status", "error"),
    [
        ("4242424242424242", "", "succeeded", None),
        ("4000002760003184", "succeed", "succeeded", None),
        ("4000002760003184", "fail", "requires_payment_method", "setup_intent_authentication_failure"),
        ("4000000000000002", "", "requires_payment_method", "card_declined"),
        ("4242", "", "requires_payment_method", "incomplete_number"),
    ],
)
async def test_a_page_saves_a_card(
    stand_in: StandIn, shop: Shop, card: str, bank: str, status: str, error: str | None
) -> None:
    """With or without the bank's question; what is incomplete never leaves the page."""
    customer = await shop.customer(None)
    intent = await shop.client.v1.setup_intents.create_async({"customer": customer})

    page = await confirmed(stand_in.url, str(intent.client_secret), card, bank)

    assert page["status"] == status
    assert page["result"].get("error", {}).get("code") == error
    assert ("setupIntent" in page["result"]) == (error is None)
    assert page["heard"] == ["ready", False, False, error != "incomplete_number"]


async def test_a_page_pays_a_first_invoice(stand_in: StandIn, shop: Shop) -> None:
    """`confirmPayment` with the secret that the subscription came with."""
    made, _, secret = await incomplete(shop, await shop.customer(None))

    page = await confirmed(stand_in.url, secret, "4000002760003184", "succeed")

    assert page["result"]["paymentIntent"]["status"] == "succeeded"
    assert (await shop.subscription(made.id)).status == "active"
