"""What a shop does at Stripe, in as few words as tests want."""

from dataclasses import dataclass
from typing import Any, Self

import stripe

DAY = 86400


@dataclass
class Shop:
    """A product and its prices, by name: `small` 10 $, `large` 30 $ a month, `year` 100 $ a year."""

    client: stripe.StripeClient
    product: str
    prices: dict[str, str]

    @classmethod
    async def opened(cls, client: stripe.StripeClient) -> Self:
        """Make product and prices."""
        product = await client.v1.products.create_async({"name": "Guard", "metadata": {"deployment": "test"}})
        shop = cls(client, product.id, {})
        for name, amount, interval in (("small", 1000, "month"), ("large", 3000, "month"), ("year", 10000, "year")):
            shop.prices[name] = (await shop.price(amount, interval)).id
        return shop

    async def price(self, amount: int, interval: str = "month", **more: Any) -> stripe.Price:
        """Make a recurring price in dollars."""
        params: Any = {
            "product": self.product,
            "currency": "usd",
            "unit_amount": amount,
            "recurring": {"interval": interval},
            **more,
        }
        return await self.client.v1.prices.create_async(params)

    async def customer(self, card: str | None = "pm_card_visa", **more: Any) -> str:
        """Make a customer with this card as the default; returns the id."""
        made = await self.client.v1.customers.create_async(more)  # pyright: ignore[reportArgumentType]
        if card:
            method = await self.client.v1.payment_methods.attach_async(card, {"customer": made.id})
            default: Any = {"invoice_settings": {"default_payment_method": method.id}}
            await self.client.v1.customers.update_async(made.id, default)
        return made.id

    async def subscribe(self, customer: str, price: str = "small", **more: Any) -> stripe.Subscription:
        """Subscribe a customer."""
        params: Any = {"customer": customer, "items": [{"price": self.prices[price]}], **more}
        return await self.client.v1.subscriptions.create_async(params)

    async def subscription(self, identifier: str, *expand: str) -> stripe.Subscription:
        """Read a subscription."""
        return await self.client.v1.subscriptions.retrieve_async(identifier, {"expand": list(expand)})

    async def invoice(self, identifier: Any, *expand: str) -> stripe.Invoice:
        """Read an invoice, from its id or what a subscription has as its latest one."""
        name = identifier if isinstance(identifier, str) else identifier.id
        return await self.client.v1.invoices.retrieve_async(name, {"expand": list(expand)})

    async def types(self) -> list[str]:
        """The types of all events so far, oldest first."""
        events = await self.client.v1.events.list_async({"limit": 100})
        return [event.type for event in events.data][::-1]

    async def switch(self, subscription: stripe.Subscription, price: str, **more: Any) -> stripe.Subscription:
        """Change the price of a subscription's only item."""
        item = subscription["items"].data[0].id
        params: Any = {"items": [{"id": item, "price": self.prices[price]}], **more}
        return await self.client.v1.subscriptions.update_async(subscription.id, params)


async def customers(client: stripe.StripeClient, count: int) -> list[str]:
    """Make so many customers, one after the other; returns the ids."""
    return [(await client.v1.customers.create_async({"name": str(number)})).id for number in range(count)]
