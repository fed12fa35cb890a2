"""What differs between two costs."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from render.cost import Cost, cost, difference
from tests.manifests import rendered
from tests.render.test_cost import DATABASE, cost_of, resource

SMALL = st.lists(
    st.one_of(
        st.builds(
            lambda name, count: resource("aws:wafv2/webAcl:WebAcl", name, rules=[{}] * count),
            st.sampled_from("ab"),
            st.integers(0, 3),
        ),
        st.builds(
            lambda name, multi, gb: resource(
                "aws:rds/instance:Instance", name, **{**DATABASE, "multiAz": multi, "allocatedStorage": gb}
            ),
            st.sampled_from("ab"),
            st.booleans(),
            st.integers(20, 500),
        ),
        st.builds(lambda name: resource("aws:ec2/eip:Eip", name), st.sampled_from("ab")),
        st.builds(lambda name: resource("aws:glue/job:Job", name), st.sampled_from("ab")),
    ),
    unique_by=lambda one: one.urn,
).map(lambda resources: cost_of(*resources))


@given(SMALL, SMALL)
def test_the_difference_is_that_of_the_totals(before: Cost, after: Cost) -> None:
    """Exactly; and the other way round it is the opposite."""
    there, back = difference(before, after), difference(after, before)

    assert there.monthly == after.monthly - before.monthly == -back.monthly
    assert there.added == back.removed
    assert len(there.changed) == len(back.changed)
    assert set(there.unknown) == set(after.unknown) - set(before.unknown)


def test_a_difference_says_what_is_added_removed_and_changed() -> None:
    """By the part of the resource, so that a larger class is a change."""
    before = cost_of(resource("aws:rds/instance:Instance", "database", **DATABASE), resource("aws:ec2/eip:Eip", "old"))
    after = cost_of(
        resource("aws:rds/instance:Instance", "database", **{**DATABASE, "instanceClass": "db.t4g.small"}),
        resource("aws:kms/key:Key", "new"),
    )

    found = difference(before, after)

    assert [line.resource for line in found.added] == ["new"]
    assert [line.resource for line in found.removed] == ["old"]
    assert [(change.before.what, change.after.what, change.monthly) for change in found.changed] == [
        ("postgres db.t4g.micro, single-AZ", "postgres db.t4g.small, single-AZ", Decimal("11.68")),
    ]
    assert found.as_dict()["monthly_usd"] == 1 - 3.65 + 11.68
    assert difference(before, before).changed == ()


def test_two_stacks_compare_by_what_they_have_in_common() -> None:
    """The stack's name is no difference."""
    found = difference(cost(rendered("dev")), cost(rendered("prod")))

    assert "network-1" in {line.resource for line in found.added}
    assert "allowed-origins" not in {line.resource for line in (*found.added, *found.removed)}
