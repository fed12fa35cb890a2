"""Stripe behind `PaymentGateway`: the only package that knows Stripe's SDK and the shapes of its objects."""

from api.stripe_gateway.gateway import VERSION, StripeGateway

__all__ = ["VERSION", "StripeGateway"]
