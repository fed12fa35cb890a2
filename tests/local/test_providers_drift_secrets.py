"""Secrets that somebody changes behind the program's back: `read` finds it, and `update` takes it back."""

from collections.abc import Callable
from typing import Any

import pytest

from local.providers import Providers, Resource
from tests.local.conftest import AskAws

KEY = "aws:kms/key:Key"
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"

Stages = Callable[[Resource], dict[str, list[str]]]


@pytest.fixture
def stages(ask_aws: AskAws) -> Stages:
    """Version of a secret -> its labels, of those that have any."""

    def asked(secret: Resource) -> dict[str, list[str]]:
        found = ask_aws("secretsmanager", "describe_secret", SecretId=secret.id)["VersionIdsToStages"]
        return {version: labels for version, labels in found.items() if labels}

    return asked


class TestSecrets:
    """aws:secretsmanager/..."""

    def test_a_value_put_by_hand_is_found_and_taken_back(
        self, providers: Providers, ask_aws: AskAws, stages: Stages
    ) -> None:
        """Twice, and then the program's next value is the current one."""
        secret, version = made(providers, "by-hand", versionStages=["AWSCURRENT"])
        assert (providers.read(secret), providers.read(version)) == (secret, version)

        for value in ("by hand", "by hand again"):
            put = ask_aws("secretsmanager", "put_secret_value", SecretId=secret.id, SecretString=value)
            found = providers.read(version)
            assert found is not None
            assert found.inputs == {**version.inputs, "versionStages": ["AWSPREVIOUS"]}
            assert providers.read(providers.update(found, version.inputs)) == version
            assert current_value(ask_aws, secret) == "the program's"
            assert stages(secret) == {version.outputs["versionId"]: ["AWSCURRENT"], put["VersionId"]: ["AWSPREVIOUS"]}

        new = providers.create(VERSION, "by-hand", {**version.inputs, "secretString": "the program's next"})

        previous, now = version.outputs["versionId"], new.outputs["versionId"]
        assert stages(secret) == {previous: ["AWSPREVIOUS"], now: ["AWSCURRENT"]}
        assert current_value(ask_aws, secret) == "the program's next"

    def test_a_version_that_lost_every_label_gets_its_own_back(
        self, providers: Providers, ask_aws: AskAws, stages: Stages
    ) -> None:
        """After the second value by hand not even the last but one is the program's."""
        secret, version = made(providers, "twice", versionStages=["AWSCURRENT"])
        for value in ("by hand", "by hand again"):
            ask_aws("secretsmanager", "put_secret_value", SecretId=secret.id, SecretString=value)
        found = providers.read(version)
        assert found is not None
        assert found.inputs["versionStages"] == []

        providers.update(found, version.inputs)

        assert stages(secret)[version.outputs["versionId"]] == ["AWSCURRENT"]
        assert current_value(ask_aws, secret) == "the program's"

    def test_without_labels_in_the_program_a_value_by_hand_is_no_change(
        self, providers: Providers, ask_aws: AskAws, stages: Stages
    ) -> None:
        """As with the AWS provider, which is why the program gives them; giving or dropping them changes nothing."""
        secret, version = made(providers, "unsaid")
        said = {**version.inputs, "versionStages": ["AWSCURRENT"]}
        before = stages(secret)
        with_labels = providers.update(version, said)
        without = providers.update(with_labels, version.inputs)
        assert stages(secret) == before
        ask_aws("secretsmanager", "put_secret_value", SecretId=secret.id, SecretString="by hand")

        unsaid, missed = providers.read(without), providers.read(with_labels)
        assert unsaid is not None
        assert missed is not None
        assert unsaid.inputs == version.inputs
        assert missed.inputs == {**said, "versionStages": ["AWSPREVIOUS"]}

    def test_what_is_said_of_a_secret_is_found_and_changed_back(self, providers: Providers, ask_aws: AskAws) -> None:
        """Its key, its description, its tags."""
        secret, _ = made(providers, "described")
        other = providers.create(KEY, "other", {})
        change = {"Description": "by hand", "KmsKeyId": other.outputs["arn"]}
        ask_aws("secretsmanager", "update_secret", SecretId=secret.id, ClientRequestToken="0" * 32, **change)
        ask_aws("secretsmanager", "tag_resource", SecretId=secret.id, Tags=[{"Key": "By", "Value": "hand"}])

        found = providers.read(secret)

        assert found is not None
        now = {"description": "by hand", "kmsKeyId": other.outputs["arn"], "tags": {"Name": "a", "By": "hand"}}
        assert found.inputs == {**secret.inputs, **now}
        assert providers.read(providers.update(found, secret.inputs)) == secret

    @pytest.mark.parametrize("how", [{"RecoveryWindowInDays": 7}, {"ForceDeleteWithoutRecovery": True}])
    def test_a_deleted_secret_is_gone_with_its_version(
        self, providers: Providers, ask_aws: AskAws, how: dict[str, Any]
    ) -> None:
        """Also while it could still be had back."""
        secret, version = made(providers, f"deleted-{next(iter(how))}", versionStages=["AWSCURRENT"])
        ask_aws("secretsmanager", "delete_secret", SecretId=secret.id, **how)

        assert (providers.read(secret), providers.read(version)) == (None, None)


def made(providers: Providers, name: str, **more: Any) -> tuple[Resource, Resource]:
    """A secret and its version."""
    key = providers.create(KEY, name, {})
    described = {"description": "a secret", "kmsKeyId": key.outputs["arn"], "tags": {"Name": "a"}}
    secret = providers.create(SECRET, name, {"name": f"drift/{name}", **described})
    return secret, providers.create(VERSION, name, {"secretId": secret.id, "secretString": "the program's", **more})


def current_value(ask_aws: AskAws, secret: Resource) -> str:
    """What a reader gets who does not name a version, the same as by the label."""
    values = {
        ask_aws("secretsmanager", "get_secret_value", SecretId=secret.id, **which)["SecretString"]
        for which in ({}, {"VersionStage": "AWSCURRENT"})
    }
    (value,) = values
    return value
