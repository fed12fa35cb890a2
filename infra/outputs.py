"""What a stack tells the world: other programs, Netlify and people read these."""

import pulumi

from infra.environment import Environment


def export(environment: Environment) -> None:
    """Export the stack outputs of `environment`."""
    settings = environment.settings
    api_url = f"https://{settings.api_domain}"
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
        # The variables that the frontend's build takes from here.
        "netlifyEnvironment": {
            "VITE_API_BASE_URL": api_url,
            "VITE_STRIPE_PUBLISHABLE_KEY": settings.stripe_publishable_key,
        },
    }
    for name, value in outputs.items():
        pulumi.export(name, value)
