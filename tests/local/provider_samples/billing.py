"""Samples of what is at Stripe."""

from tests.local.provider_samples.sample import Sample

SAMPLES = {
    "stripe": Sample("pulumi:providers:stripe", {}),
    "webhook_endpoint": Sample(
        "stripe:index/webhookEndpoint:WebhookEndpoint",
        {
            "url": "https://api.sample.example/api/stripe/webhook",
            "description": "a sample",
            "enabledEvents": ["customer.deleted", "invoice.paid"],
            "apiVersion": "2026-10-28.endive",
            "metadata": {"environment": "dev", "slot": "a"},
        },
        {
            "url": "https://api.sample.example/other",
            "enabledEvents": ["invoice.paid"],
            "metadata": {"environment": "dev"},
        },
        replaced_by={"apiVersion": "2026-08-26.dahlia"},
    ),
    "product": Sample(
        "stripe:index/product:Product",
        {"productId": "sample", "name": "Sample", "metadata": {"environment": "dev", "plan": "sample"}},
        {"name": "The sample", "description": "What it is."},
        replaced_by={"productId": "other"},
    ),
    "price": Sample(
        "stripe:index/price:Price",
        {
            "product": "@product.id",
            "currency": "usd",
            "unitAmount": 900,
            "recurring": {"interval": "month", "intervalCount": 1},
            "lookupKey": "sample_monthly",
            "transferLookupKey": True,
            "nickname": "Sample, monthly",
            "metadata": {"environment": "dev"},
        },
        {"nickname": "Monthly", "active": False},
        replaced_by={"unitAmount": 1000},
    ),
}
