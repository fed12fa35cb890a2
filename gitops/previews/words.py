"""How a report of a preview names things and lays out its lines."""

import textwrap

from gitops.previews.values import plain

WIDTH = 110
OWN_SERVICES = {"aws", "pulumi"}
"""Packages whose modules are what people call a service."""


def short_type(type_: str) -> str:
    """`aws:ecs/service:Service` -> `ecs Service`, `stripe:index/price:Price` -> `stripe Price`."""
    parts = plain(type_).split(":")
    if len(parts) != 3:
        return plain(type_)
    package, module, kind = parts
    if package == "pulumi-python":  # our own kinds of resources, whose module is `dynamic/<module>`
        return f"{module.rsplit('/', 1)[-1]} {kind}"
    return f"{module.split('/')[0] if package in OWN_SERVICES else package} {kind}"


def subject(urn: str) -> str:
    """The resource of a URN, by its kind and name; an empty one is the stack as a whole."""
    types, _, name = urn.partition("::")[2].partition("::")[2].partition("::")
    return f"{short_type(types.rsplit('$', 1)[-1])} {plain(name)}" if name else "the stack"


def numbered(number: int, noun: str) -> str:
    """`1 price`, `2 prices`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def counted(number: int, noun: str) -> str:
    """`1 price is`, `2 prices are`."""
    return f"{numbered(number, noun)} {'is' if number == 1 else 'are'}"


def indented(line: str, *, following: int) -> list[str]:
    """A long line on several, those that follow that far in."""
    return textwrap.wrap(line, WIDTH, subsequent_indent=" " * following, break_on_hyphens=False) or [line]
