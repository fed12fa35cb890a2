"""What the loss of a resource means, held against what both environments really have."""

import pytest

from gitops.comments.blast_radius import blast
from gitops.comments.blast_rows import BOTH, ROWS
from policy.ownership import STATEFUL
from policy.rds import INSTANCE
from policy.secrets_manager import SECRET
from policy.stack import canonical
from render.manifest import ManifestResource
from tests.manifests import rendered

HELD = {*STATEFUL, INSTANCE, SECRET, "random:index/randomPassword:RandomPassword"}
"""Types that hold what the program alone cannot make again."""


@pytest.fixture(scope="module")
def resources() -> tuple[ManifestResource, ...]:
    """What providers make in both environments."""
    return tuple(one for stack in ("dev", "prod") for one in rendered(stack).resources if one.custom)


def test_every_type_with_state_has_a_row(resources: tuple[ManifestResource, ...]) -> None:
    """And is marked: those that the rules know, and no other."""
    there = {canonical(one.type) for one in resources}

    assert there >= HELD
    assert {type_ for type_ in there if blast(type_, "delete").stateful} == HELD
    assert not any(ROWS[type_].harmless for type_ in HELD)


def test_what_prod_protects_is_never_lost_for_nothing(resources: tuple[ManifestResource, ...]) -> None:
    """Somebody has to allow its loss, whatever its type."""
    protected = {one.type for one in resources if one.options.get("protect")}

    assert protected
    for type_ in protected:
        assert not blast(type_, "delete").harmless
        assert not blast(type_, "replace").harmless


def test_rows_are_of_what_is_there(resources: tuple[ManifestResource, ...]) -> None:
    """A row of a type that neither environment has, or under a name that nobody asks for, would only look like one."""
    assert ROWS.keys() <= {canonical(one.type) for one in resources}


@pytest.mark.parametrize("type_", ROWS)
def test_a_row_is_sentences(type_: str) -> None:
    """Of both operations, in words that need no escaping in Markdown."""
    for words in (blast(type_, "delete").words, blast(type_, "replace").words):
        assert words[0].isupper()
        assert words.endswith(".")
        assert not set(words) & set("`<>@*_[]|\n$")


def test_both_names_of_a_type_have_its_row() -> None:
    """A state of an older provider has the older name."""
    assert blast("aws:s3/bucketV2:BucketV2", "delete") == blast("aws:s3/bucket:Bucket", "delete")


def test_a_type_without_a_row_is_taken_for_dangerous() -> None:
    """It says that nobody knows, and somebody has to allow it."""
    for op in ("delete", "replace"):
        found = blast("aws:glue/job:Job", op)
        assert "Nobody has written down" in found.words
        assert not found.harmless
    assert "gone until the new one works" in blast("aws:glue/job:Job", "replace").words


def test_what_only_watches_is_harmless() -> None:
    """An alarm goes without anybody's approval; a database never does."""
    assert ROWS["aws:cloudwatch/metricAlarm:MetricAlarm"].harmless == BOTH
    assert not blast(INSTANCE, "replace").harmless
