"""How each property of the template's resources is read at AWS, in the words of the template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gitops.doctor import buckets, identity, keys
from gitops.doctor.account import Account
from gitops.doctor.template import Resource

Read = Callable[[Account, Resource], Any]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A type of resource.

    Args:
        read: property -> how it is read; those that the template leaves out as well.
        names: properties that say where to look; something else with another name is something else.
        defaults: what a property is when the template does not say.
        undo: property -> command that brings back the default. CloudFormation only reverts what the template says.
    """

    read: Mapping[str, Read]
    names: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    undo: Mapping[str, str] = field(default_factory=dict[str, str])


KINDS: Mapping[str, Kind] = {
    "AWS::S3::Bucket": Kind(
        names=frozenset({"BucketName"}),
        read={
            "BucketEncryption": buckets.encryption,
            "LifecycleConfiguration": buckets.lifecycle,
            "LoggingConfiguration": buckets.logging,
            "OwnershipControls": buckets.ownership,
            "PublicAccessBlockConfiguration": buckets.public_access,
            "ReplicationConfiguration": buckets.replication,
            "VersioningConfiguration": buckets.versioning,
        },
        undo={
            "LoggingConfiguration": "aws s3api put-bucket-logging --bucket {ref} --bucket-logging-status '{{}}'",
            "ReplicationConfiguration": "aws s3api delete-bucket-replication --bucket {ref}",
        },
    ),
    "AWS::S3::BucketPolicy": Kind(names=frozenset({"Bucket"}), read={"PolicyDocument": buckets.policy}),
    "AWS::KMS::Key": Kind(
        read={
            "Description": keys.description,
            "Enabled": keys.state,
            "EnableKeyRotation": keys.rotation,
            "KeyPolicy": keys.policy,
            "Tags": keys.tags,
        },
        defaults={"Enabled": keys.ENABLED},
        undo={"Enabled": "aws kms cancel-key-deletion --key-id {ref}\naws kms enable-key --key-id {ref}"},
    ),
    "AWS::KMS::Alias": Kind(names=frozenset({"AliasName"}), read={"TargetKeyId": keys.alias_target}),
    "AWS::IAM::OIDCProvider": Kind(names=frozenset({"Url"}), read={"ClientIdList": identity.audiences}),
    "AWS::IAM::Role": Kind(
        names=frozenset({"RoleName"}),
        read={
            "AssumeRolePolicyDocument": identity.trust,
            "Description": identity.of_role("Description"),
            "ManagedPolicyArns": identity.attached_policies,
            "MaxSessionDuration": identity.of_role("MaxSessionDuration"),
            "Path": identity.of_role("Path"),
            "PermissionsBoundary": identity.boundary,
            "Policies": identity.inline_policies,
            "Tags": identity.tags,
        },
        undo={
            "PermissionsBoundary": "aws iam delete-role-permissions-boundary --role-name {ref}",
            "Tags": "aws iam untag-role --role-name {ref} --tag-keys Environment",
        },
    ),
    "AWS::IAM::ManagedPolicy": Kind(
        names=frozenset({"ManagedPolicyName", "Path"}), read={"PolicyDocument": identity.policy_document}
    ),
}
