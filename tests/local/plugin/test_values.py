"""Plain data on its way through Pulumi's property values, and what is not known in it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pulumi.provider.experimental.property_value import PropertyValue

from local.plugin.values import UNKNOWN, holds_unknown, to_plain, to_values

NAMES = st.text(max_size=4)
SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer()),
    st.text(max_size=8),
    st.just(UNKNOWN),
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3))


def with_nulls(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Maps whose values may be null."""
    return st.dictionaries(NAMES, inner | st.none(), max_size=3)


def without_nulls(value: Any) -> Any:
    """What should be left of them."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return value


def kinds(value: Any) -> Any:
    """The Python types in a value: to `==`, 1 is 1.0 and True."""
    if isinstance(value, dict):
        return {name: kinds(item) for name, item in value.items()}
    return [kinds(item) for item in value] if isinstance(value, list) else type(value)


def over_the_wire(values: dict[str, PropertyValue]) -> dict[str, PropertyValue]:
    """As the other side reads them."""
    return PropertyValue.unmarshal_map(PropertyValue.marshal_map(values))


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_plain_data_comes_back_as_it_was(properties: dict[str, Any]) -> None:
    """Whole numbers as int, although every number of the engine's is floating-point."""
    back = to_plain(over_the_wire(to_values(properties)))

    assert back == properties
    assert kinds(back) == kinds(properties)


@given(with_nulls(with_nulls(SCALARS) | SCALARS))
def test_null_is_left_out_on_both_ways(properties: dict[str, Any]) -> None:
    """At any depth of maps, so that null and absent never differ."""
    values = {name: value(item) for name, item in properties.items()}

    assert to_plain(values) == without_nulls(properties)
    assert to_plain(to_values(properties)) == without_nulls(properties)


def value(plain: Any) -> PropertyValue:
    """A property value in which nulls stay."""
    if isinstance(plain, dict):
        return PropertyValue({name: value(item) for name, item in plain.items()})
    return PropertyValue(float(plain) if type(plain) is int else plain)


@given(VALUES)
def test_what_is_not_known_is_found_at_any_depth(plain: Any) -> None:
    """Its text is nobody else's, so it stands in the repr exactly when it stands in the value."""
    everything = repr(plain)

    assert holds_unknown(plain) == (UNKNOWN in everything)
    assert holds_unknown({"deep": [{"er": plain}, UNKNOWN]})
