"""No change of the program gives a resource another URN by accident: Pulumi would replace it, a database as well."""

from render.manifest import Manifest
from render.program import run
from tests.infra.golden.urns import BUILT, listed, urns

REMEDY = (
    "For Pulumi another URN is another resource: it makes the new one and deletes the old one. Where that is meant, "
    "`make golden` and let the review see it; where only the name in the code was to change, give the logical name "
    "back, or say `aliases`."
)


def test_every_urn_is_the_one_that_was_written_down(stack: Manifest) -> None:
    """Type, name and the types of all parents: each of them is part of a URN."""
    before, now = set(listed(stack.stack).read_text().split()), set(urns(stack))

    assert (sorted(before - now), sorted(now - before)) == ([], []), REMEDY


def test_a_commit_names_only_the_image(dev: Manifest) -> None:
    """Two deployments of the same program differ in one URN."""
    revision = "c0ffee" * 6 + "c0ff"
    other = run("dev", {"priceguard:revision": revision})

    different = {r.urn for r in other.resources} ^ {r.urn for r in dev.resources}
    assert {urn.split("$")[-1] for urn in different} == {f"{BUILT}::sha-{revision}", f"{BUILT}::sha-unreleased"}
    assert urns(other) == urns(dev)


def test_a_hidden_rename_would_be_seen(prod: Manifest) -> None:
    """The list holds what a mistake would cost most, with its parents."""
    database = prod.one("aws:rds/instance:Instance").urn

    assert database in listed("prod").read_text().split()
    assert "priceguard:environment:Environment$priceguard:database:Database$aws:rds/instance:Instance" in database
