"""The way of a request: listeners, target group, task definition, roles, service."""

import json
from typing import Any

from render.manifest import Manifest, ManifestResource


def container(manifest: Manifest) -> dict[str, Any]:
    """The one container of the task definition."""
    task = manifest.one("aws:ecs/taskDefinition:TaskDefinition")
    (only,) = json.loads(task.inputs["containerDefinitions"])
    return only


def statements(role_policy: ManifestResource) -> list[dict[str, Any]]:
    """The statements of a role's policy."""
    return json.loads(role_policy.inputs["policy"])["Statement"]


def test_http_only_redirects_and_https_speaks_modern_tls(stack: Manifest) -> None:
    """301 to 443; the HTTPS listener has the environment's certificate."""
    http = stack.one("aws:lb/listener:Listener", "http").inputs
    https = stack.one("aws:lb/listener:Listener", "https").inputs

    assert http["defaultActions"] == [
        {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "statusCode": "HTTP_301"}}
    ]
    assert (https["port"], https["protocol"]) == (443, "HTTPS")
    assert "TLS13" in https["sslPolicy"]
    assert https["certificateArn"].startswith("${aws:acm/certificate")


def test_the_target_group_asks_the_api_for_its_health(stack: Manifest) -> None:
    """By address, on the API's port, and lets go quickly."""
    inputs = stack.one("aws:lb/targetGroup:TargetGroup").inputs

    assert (inputs["targetType"], inputs["port"], inputs["healthCheck"]["path"]) == ("ip", 4000, "/health")
    assert inputs["deregistrationDelay"] <= 30


def test_the_container_is_unprivileged_and_checks_itself(stack: Manifest) -> None:
    """Non-root, read-only, with a health check that needs no tool from outside Python."""
    api = container(stack)

    assert api["user"] not in {"0", "root"}
    assert api["readonlyRootFilesystem"] is True
    assert api["healthCheck"]["command"] == ["CMD", "python", "-S", "-m", "api.healthcheck"]
    assert (api["healthCheck"]["interval"], api["healthCheck"]["timeout"], api["healthCheck"]["retries"]) == (30, 5, 3)
    assert api["portMappings"][0]["containerPort"] == 4000
    assert api["logConfiguration"]["logDriver"] == "awslogs"


def test_secrets_reach_the_container_by_pinned_version(stack: Manifest) -> None:
    """A new version is a new task definition, which rolls the service; no value stands in the definition."""
    api = container(stack)
    references = {secret["name"]: secret["valueFrom"] for secret in api["secrets"]}

    given = references.pop("STRIPE_SECRET_KEY")
    assert given.endswith(":::${aws:secretsmanager/secret:Secret::stripe-secret-key.currentVersion}")
    assert set(references) == {"DATABASE_URL", "ALLOWED_ORIGINS", "STRIPE_WEBHOOK_SECRET"}
    for reference in references.values():
        assert ":::${aws:secretsmanager/secretVersion:SecretVersion::" in reference
    assert not [v for v in api["environment"] if "postgres" in v["value"] or v["name"] in references]


def test_the_execution_role_reads_these_secrets_and_no_others(stack: Manifest) -> None:
    """No wildcard but where AWS knows no resource."""
    found = statements(stack.one("aws:iam/rolePolicy:RolePolicy", "execution"))
    by_action = {str(s["Action"]): s["Resource"] for s in found}

    assert all(arn.startswith("${aws:secretsmanager/") for arn in by_action["secretsmanager:GetSecretValue"])
    assert [action for action, resource in by_action.items() if resource == "*"] == ["ecr:GetAuthorizationToken"]


def test_no_role_exceeds_the_boundary(stack: Manifest) -> None:
    """Every role lives below the environment's path, or AWS refuses to let the pipeline make it."""
    roles = {role.name: role.inputs for role in stack.of_type("aws:iam/role:Role")}
    boundary = "arn:aws:iam::123456789012:policy/priceguard/bootstrap/priceguard-boundary"

    assert roles.keys() == {"execution", "task", "flow-logs"} | ({"monitoring"} if stack.stack == "prod" else set())
    assert {role["permissionsBoundary"] for role in roles.values()} == {boundary}
    assert {role["path"] for role in roles.values()} == {f"/priceguard/{stack.stack}/"}


def test_the_service_rolls_safely(stack: Manifest) -> None:
    """Circuit breaker with rollback, never fewer tasks than wanted; autoscaling owns the count.

    The provider refuses to change the capacity of a service that does not force its deployments.
    """
    service = stack.one("aws:ecs/service:Service")

    assert service.inputs["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service.inputs["forceNewDeployment"] is True
    assert service.inputs["deploymentMinimumHealthyPercent"] == 100
    assert service.inputs["deploymentMaximumPercent"] == 200
    assert service.options["ignoreChanges"] == ["desiredCount"]
    waits = {urn.split("$")[-1] for urn in service.options["dependsOn"]}
    assert {"aws:lb/listener:Listener::https", "aws:iam/rolePolicy:RolePolicy::execution"} <= waits
