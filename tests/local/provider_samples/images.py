"""Samples of image repositories and images."""

import json

from tests.local.provider_samples.sample import Sample

RULE = {
    "rulePriority": 1,
    "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
    "action": {"type": "expire"},
}

SAMPLES = {
    "repository": Sample(
        "aws:ecr/repository:Repository",
        {
            "name": "sample",
            "imageTagMutability": "MUTABLE",
            "imageScanningConfiguration": {"scanOnPush": False},
            "forceDelete": True,
            "tags": {"Name": "a", "Old": "b"},
        },
        {
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "forceDelete": False,
            "tags": {"Name": "c"},
        },
        (
            "ecr",
            "describe_repositories",
            {"repositoryNames": ["sample"]},
            "repositories[0] | imageTagMutability == 'IMMUTABLE' && imageScanningConfiguration.scanOnPush",
        ),
        {"name": "other"},
    ),
    "lifecycle_policy": Sample(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        {"repository": "@repository.name", "policy": json.dumps({"rules": [RULE]})},
        {"policy": json.dumps({"rules": [{**RULE, "description": "changed"}]})},
        (
            "ecr",
            "get_lifecycle_policy",
            {"repositoryName": "sample"},
            "contains(lifecyclePolicyText, 'changed')",
        ),
        {"repository": "other"},
    ),
    "image": Sample(
        "docker-build:index:Image",
        {
            "tags": ["@repository.repositoryUrl:one"],
            "push": True,
            "context": {"location": ".."},
            "registries": [{"address": "a", "username": "u", "password": "@password.result"}],
        },
        {"tags": ["@repository.repositoryUrl:two"]},
        (
            "ecr",
            "batch_get_image",
            {"repositoryName": "sample", "imageIds": [{"imageTag": "two"}]},
            "images[0].imageId.imageDigest == '@image.digest'",
        ),
    ),
}
