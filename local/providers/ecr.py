"""Image repositories: aws:ecr/..."""

from local.providers.naming import Named
from local.providers.rows import Call, Lookup, Read, Row, Service, Update, document, tagging

ECR = Service(
    "ecr",
    tagging(
        Call("tag_resource", {"resourceArn": "arn", "tags": "added.tags"}),
        Call("untag_resource", {"resourceArn": "arn", "tagKeys": "removed.tags"}),
    ),
    Lookup(Call("list_tags_for_resource", {"resourceArn": "arn"}), {"tags": "pairs(tags, 'Key', 'Value')"}),
)
_POLICY = Call("put_lifecycle_policy", {"lifecyclePolicyText": "policy"})

ROWS = {
    "aws:ecr/repository:Repository": Row(
        service=ECR,
        create=Call("create_repository"),
        answer="repository",
        id="repositoryName",
        outputs={"arn": "repositoryArn", "registryId": "registryId", "repositoryUrl": "repositoryUri"},
        defaults={"imageTagMutability": "MUTABLE"},
        names={"name": "repositoryName"},
        key={"repositoryName": "name"},
        read=Read(
            Call("describe_repositories", {"repositoryNames": "[name]"}),
            {"imageTagMutability": "imageTagMutability", "imageScanningConfiguration": "imageScanningConfiguration"},
            "repositories[0]",
        ),
        updates=(
            Update((Call("put_image_tag_mutability"),), {"imageTagMutability"}),
            Update((Call("put_image_scanning_configuration"),), {"imageScanningConfiguration"}),
        ),
        replaces={"name"},
        delete=(Call("delete_repository", {"force": "forceDelete"}),),
        recorded={"forceDelete"},
        named=Named(most=256),
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Row(
        service=Service("ecr"),
        create=_POLICY,
        id="repository",
        outputs={"registryId": "registryId"},
        names={"repository": "repositoryName"},
        key={"repositoryName": "repository"},
        read=Read(Call("get_lifecycle_policy"), {"policy": "lifecyclePolicyText"}),
        updates=(Update((_POLICY,), {"policy"}),),
        replaces={"repository"},
        delete=(Call("delete_lifecycle_policy"),),
        normal={"policy": document},
    ),
}
