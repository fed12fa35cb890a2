"""How the secrets stand, on an emulated AWS."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gitops.stored_secrets.values import BY_A_PERSON, COMPOSED, NAMES
from gitops.stored_secrets.versions import Secret, State, look
from tests.gitops.cluster import make_cluster
from tests.gitops.stored_secrets.secrets_bench import PLACE, Account, emulated
from tests.manifests import rendered

SECRET = "aws:secretsmanager/secret:Secret"


@pytest.fixture
def account() -> Iterator[Account]:
    """With nothing in it."""
    with emulated() as made:
        yield made


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_names_are_those_of_the_program(environment: str) -> None:
    """What the program makes is what is looked for; it writes every version but the one of a person."""
    manifest, place = rendered(environment), replace(PLACE, environment=environment)

    assert {r.inputs["name"] for r in manifest.of_type(SECRET)} == {place.secret(name) for name in NAMES}
    assert {r.name for r in manifest.of_type("aws:secretsmanager/secretVersion:SecretVersion")} == set(COMPOSED)
    assert manifest.one("aws:ecs/cluster:Cluster").inputs["name"] == place.cluster


def test_secrets_are_looked_at_without_a_service(account: Account) -> None:
    """As they are between the first `pulumi up` and the service."""
    account.make("database-url", "one", "two")
    account.make(BY_A_PERSON)

    database, origins, webhooks, key = look(PLACE, account.clients)

    (version,) = [id_ for id_, stages in account.versions("database-url").items() if stages == ["AWSCURRENT"]]
    assert (database.state, database.version, database.pinned) == (State.UNUSED, version, None)
    assert (origins.state, webhooks.state, key.state) == (State.MISSING, State.MISSING, State.EMPTY)
    assert [one.written_by for one in (database, origins, webhooks, key)] == ["program", "program", "program", "person"]


def test_secrets_are_compared_with_what_the_service_pins(account: Account) -> None:
    """By the version in its task definition; no value is read."""
    arns = {name: account.make(name, "one") for name in NAMES}
    pinned = {name: next(iter(account.versions(name))) for name in NAMES}
    references = [{"name": name, "valueFrom": f"{arn}:::{pinned[name]}"} for name, arn in arns.items()]
    make_cluster(secrets=references)
    newer = account.put("two")
    account.asked.clear()

    found = look(PLACE, account.clients)

    assert [one.name for one in found] == [PLACE.secret(name) for name in NAMES]
    assert [one.state for one in found] == [State.CURRENT, State.CURRENT, State.CURRENT, State.WAITING]
    assert [one.pinned for one in found] == [pinned[name] for name in NAMES]
    assert found[-1].version == newer
    assert all(one.changed for one in found)
    assert set(account.asked) == {
        "DescribeServices",
        "DescribeTaskDefinition",
        "DescribeSecret",
        "ListSecretVersionIds",
    }


def test_a_reference_without_a_version_pins_none(account: Account) -> None:
    """Such a task would read whatever is current when it starts."""
    arn = account.make(BY_A_PERSON, "one")
    make_cluster(secrets=[{"name": "STRIPE_SECRET_KEY", "valueFrom": arn}])

    assert look(PLACE, account.clients)[-1].state is State.UNUSED


def test_a_deleted_service_uses_nothing(account: Account) -> None:
    """AWS goes on to describe it for a while."""
    arn = account.make(BY_A_PERSON, "one")
    make_cluster(secrets=[{"name": "STRIPE_SECRET_KEY", "valueFrom": f"{arn}:::x"}])
    account.clients.ecs.delete_service(cluster=PLACE.cluster, service="priceguard-server", force=True)

    assert look(PLACE, account.clients)[-1].state is State.UNUSED


def test_a_secret_that_is_about_to_go_is_told(account: Account) -> None:
    """It has no version that counts."""
    account.make(BY_A_PERSON, "one")
    account.clients.secrets.delete_secret(SecretId=PLACE.secret(BY_A_PERSON))

    assert look(PLACE, account.clients)[-1] == Secret(
        name="priceguard/dev/stripe-secret-key", written_by="person", state=State.DELETED
    )
