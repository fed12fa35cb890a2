"""Billing and webhooks, against a Stripe that keeps state."""
