"""What awsx makes of a repository and of an image; see `render/awsx.py`."""

import json
from typing import Any

from render.registration import Call, RegisterChild, Registration, Secret

AUTHORIZATION = "aws:ecr/getAuthorizationToken:getAuthorizationToken"
KNOWN_RULE_ARGUMENTS = {"description", "maximumAgeLimit", "maximumNumberOfImages", "tagPrefixList", "tagStatus"}
COUNTS: dict[str, dict[str, Any]] = {
    "maximumNumberOfImages": {"countType": "imageCountMoreThan"},
    "maximumAgeLimit": {"countType": "sinceImagePushed", "countUnit": "days"},
}
"""What a rule of awsx counts -> how ECR says that."""
KNOWN_REPOSITORY_ARGUMENTS = {
    "forceDelete",
    "imageScanningConfiguration",
    "imageTagMutability",
    "lifecyclePolicy",
    "name",
    "tags",
}
KNOWN_IMAGE_ARGUMENTS = {"args", "context", "dockerfile", "imageName", "platform", "repositoryUrl"}
DEFAULT_RULE = {"description": "remove untagged images", "tagStatus": "untagged", "maximumNumberOfImages": 1}


def expand_repository(component: Registration, register: RegisterChild, call: Call) -> dict[str, Any]:
    """Register the children of an `awsx.ecr.Repository`, and return its outputs.

    Raises:
        ValueError: an argument that this expansion does not know.
    """
    del call
    _refuse_unknown(component, component.inputs, KNOWN_REPOSITORY_ARGUMENTS)
    inputs, name = dict(component.inputs), component.name.lower()
    lifecycle = inputs.pop("lifecyclePolicy", {})
    _refuse_unknown(component, lifecycle, {"rules", "skip"})
    urn, made = register(component, component.urn, "aws:ecr/repository:Repository", name, inputs, [])
    if not lifecycle.get("skip"):
        rules = lifecycle.get("rules") or [DEFAULT_RULE]
        for rule in rules:
            _refuse_unknown(component, rule, KNOWN_RULE_ARGUMENTS)
        ordered = sorted(rules, key=lambda rule: rule["tagStatus"] == "any")  # ECR wants that one last
        policy = {"rules": [_rule(priority, rule) for priority, rule in enumerate(ordered, 1)]}
        # awsx sends the object, and the AWS provider makes text of it.
        of_repository = {"repository": made.outputs["name"], "policy": json.dumps(policy)}
        register(component, component.urn, "aws:ecr/lifecyclePolicy:LifecyclePolicy", name, of_repository, [urn])
    return {"url": made.outputs["repositoryUrl"]}


def _rule(priority: int, rule: dict[str, Any]) -> dict[str, Any]:
    selection = {name: rule[name] for name in ("tagStatus", "tagPrefixList") if name in rule}
    for name, counting in COUNTS.items():
        if name in rule:
            selection |= {**counting, "countNumber": rule[name]}
    description = {"description": rule["description"]} if "description" in rule else {}
    return {"rulePriority": priority, **description, "selection": selection, "action": {"type": "expire"}}


def expand_image(component: Registration, register: RegisterChild, call: Call) -> dict[str, Any]:
    """Register the child of an `awsx.ecr.Image`, and return its outputs.

    The child's name and the image's tag are `imageName`. Without one awsx makes a name from the path of the context
    and the arguments of the build; that is not known here.

    Raises:
        ValueError: an argument that this expansion does not know, or no name.
    """
    inputs = component.inputs
    _refuse_unknown(component, inputs, KNOWN_IMAGE_ARGUMENTS)
    if "imageName" not in inputs:
        raise ValueError(f"{component.key}: render/awsx_ecr.py knows no image without imageName")
    repository, name = inputs["repositoryUrl"], inputs["imageName"]
    # The first label of the host name is the account.
    registry = call(AUTHORIZATION, {"registryId": repository.split(".")[0]})
    reference = f"{repository}:{name}"
    build = {
        "buildArgs": inputs.get("args"),
        "buildOnPreview": True,
        "cacheFrom": [{"registry": {"ref": reference}}],
        "cacheTo": [{"inline": {}}],
        "context": {"location": inputs.get("context", ".")},
        "dockerfile": {"location": inputs["dockerfile"]} if "dockerfile" in inputs else {},
        "network": "default",
        "platforms": [inputs["platform"]] if "platform" in inputs else [],
        "push": True,
        "registries": [
            {
                "address": registry["proxyEndpoint"],
                "username": registry["userName"],
                "password": Secret(registry["password"]),
            }
        ],
        "tags": [reference],
    }
    given = {key: value for key, value in build.items() if value is not None}
    _, made = register(component, component.urn, "docker-build:index:Image", name, given, [])
    return {"imageUri": f"{repository}@{made.outputs['digest']}"}


def _refuse_unknown(component: Registration, given: dict[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(given) - known):
        raise ValueError(f"{component.key}: render/awsx_ecr.py knows no {', '.join(unknown)}")
