"""The stand-in for Stripe, as its callers see it: through Stripe's own SDK."""
