"""What a stack tells the world: other programs, Netlify and people read these."""

import pulumi

from infra.environment import Environment


def export(environment: Environment) -> None:
    """Export the stack outputs of `environment`."""
    settings = environment.settings
    api_url, billing = f"https://{settings.api_domain}", environment.stripe
    outputs = {
        "apiUrl": api_url,
        "loadBalancerName": environment.load_balancer.name,
        "loadBalancerDnsName": environment.load_balancer.dns_name,
        "image": settings.image,
        "revision": settings.revision,
        "cluster": environment.service.cluster_name,
        "service": environment.service.name,
        "taskDefinition": environment.service.task_definition_arn,
        "logGroup": environment.logs.name,
        "database": environment.database.identifier,
        "webhookUrl": billing.webhook_url,
        "webhookEndpoints": billing.webhook_endpoints,
        "prices": billing.price_ids,
        # The variables that the frontend's build takes from here.
        "netlifyEnvironment": {
            "VITE_API_BASE_URL": api_url,
            "VITE_STRIPE_PUBLISHABLE_KEY": settings.stripe_publishable_key,
            "VITE_STRIPE_PRICE_BASIC": billing.price_ids["basic"]["monthly"],
            "VITE_STRIPE_PRICE_PREMIUM": billing.price_ids["premium"]["monthly"],
            "VITE_STRIPE_PRICE_ENTERPRISE": billing.price_ids["enterprise"]["monthly"],
        },
    }
    for name, value in outputs.items():
        pulumi.export(name, value)
