"""Samples that need no other resource, and keys."""

import json

from tests.local.provider_samples.sample import Sample

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}

SAMPLES = {
    "aws": Sample("pulumi:providers:aws", {"region": "us-east-1"}, {"region": "eu-west-1"}),
    "password": Sample(
        "random:index/randomPassword:RandomPassword", {"length": 40, "special": False}, replaced_by={"length": 41}
    ),
    "key": Sample(
        "aws:kms/key:Key",
        {
            "description": "a key",
            "enableKeyRotation": True,
            "deletionWindowInDays": 7,
            "policy": json.dumps(POLICY),
            "tags": {"Name": "a", "Old": "b"},
        },
        {"enableKeyRotation": False, "description": "the key", "tags": {"Name": "c"}},
        ("kms", "list_resource_tags", {"KeyId": "@key.id"}, 'Tags == `[{"TagKey": "Name", "TagValue": "c"}]`'),
        {"keyUsage": "SIGN_VERIFY"},
    ),
    "other_key": Sample("aws:kms/key:Key", {}),
    "alias": Sample(
        "aws:kms/alias:Alias",
        {"name": "alias/sample", "targetKeyId": "@key.keyId"},
        {"targetKeyId": "@other_key.keyId"},
        ("kms", "list_aliases", {"KeyId": "@other_key.keyId"}, "Aliases[0].AliasName == 'alias/sample'"),
        {"name": "alias/other"},
    ),
}
