"""What a stack tells the world: other programs, Netlify and people read these."""

from typing import Any

import pulumi
from pulumi import Output

from infra.environment import Environment


def export(environment: Environment) -> None:
    """Export the stack outputs of `environment`; in the first phase of manual DNS only the records to enter."""
    outputs: dict[str, Any] = {"dnsRecords": dns_records(environment)}
    if not environment.settings.certificate_only:
        outputs |= made(environment)
        outputs["netlifyEnvironment"] = netlify_environment(environment)
        outputs["consoleLinks"] = console_links(environment)
    for name, value in outputs.items():
        pulumi.export(name, value)


def dns_records(environment: Environment) -> Output[list[dict[str, str]]]:
    """The records that must stand in DNS, each with name, type and value; with manual DNS a person enters them."""
    settings, certificate = environment.settings, environment.certificate
    records = certificate.records if certificate else Output.from_input(list[dict[str, str]]())
    if settings.certificate_only:
        return records
    api = {"name": settings.api_domain, "type": "CNAME", "value": environment.load_balancer.dns_name}
    return Output.all(records, api).apply(lambda both: [*both[0], both[1]])


def made(environment: Environment) -> dict[str, Any]:
    """What was made, by the names that AWS and Stripe know it by."""
    settings, billing, service = environment.settings, environment.stripe, environment.service
    return {
        "apiUrl": f"https://{settings.api_domain}",
        "loadBalancerName": environment.load_balancer.name,
        "loadBalancerDnsName": environment.load_balancer.dns_name,
        "repository": environment.image.repository_url,
        "image": environment.image.reference or "none",
        "revision": environment.image.revision,
        **(
            {
                "cluster": service.cluster_name,
                "service": service.name,
                "taskDefinition": service.task_definition_arn,
            }
            if service
            else {}
        ),
        "logGroup": environment.logs.name,
        "database": environment.database.identifier,
        "alarmTopic": environment.monitoring.topic_arn,
        "webhookUrl": billing.webhook_url,
        "webhookEndpoints": billing.webhook_endpoints,
        "prices": billing.price_ids,
    }


def netlify_environment(environment: Environment) -> dict[str, Any]:
    """The variables that the frontend's build takes from here; all of them are public."""
    prices = environment.stripe.price_ids
    return {
        "VITE_API_BASE_URL": f"https://{environment.settings.api_domain}",
        "VITE_STRIPE_PUBLISHABLE_KEY": environment.settings.stripe_publishable_key,
        "VITE_STRIPE_PRICE_BASIC": prices["basic"]["monthly"],
        "VITE_STRIPE_PRICE_PREMIUM": prices["premium"]["monthly"],
        "VITE_STRIPE_PRICE_ENTERPRISE": prices["enterprise"]["monthly"],
    }


def console_links(environment: Environment) -> dict[str, Any]:
    """Where a person looks at what was made."""
    settings, name = environment.settings, environment.naming.physical()
    region = settings.region
    aws = f"https://{region}.console.aws.amazon.com"
    watch = f"{aws}/cloudwatch/home?region={region}#"
    links: dict[str, Any] = {
        "alarms": f"{watch}alarmsV2:?~(search~'{name})",
        "dashboard": Output.concat(watch, "dashboards/dashboard/", environment.monitoring.dashboard_name),
        "database": f"{aws}/rds/home?region={region}#database:id={name};is-cluster=false",
        "images": f"{aws}/ecr/repositories/private/{settings.account}/{name}?region={region}",
        "logs": environment.logs.name.apply(
            lambda group: f"{watch}logsV2:log-groups/log-group/{group.replace('/', '$252F')}"
        ),
        "secrets": f"{aws}/secretsmanager/listsecrets?region={region}&search=all%3D{environment.naming.secret('')}",
        "stripe": f"https://dashboard.stripe.com/{'' if settings.environment == 'prod' else 'test/'}webhooks",
    }
    if service := environment.service:
        path = Output.concat("clusters/", service.cluster_name, "/services/", service.name)
        links["service"] = Output.concat(aws, "/ecs/v2/", path, "/health?region=", region)
    return links
