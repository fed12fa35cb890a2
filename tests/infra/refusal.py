"""The message with which a stack's configuration is refused."""

import pulumi
import pytest

from render import program
from render.configuration import read_configuration
from render.monitor import run_program
from render.registration import Made, Registration


class CountingMaker(program.NamedUnknowns):
    """Counts the resources that were made before the settings were refused."""

    made = 0

    def make(self, registration: Registration) -> Made:
        """Count, and go on."""
        self.made += 1
        return super().make(registration)


def refusal(stack: str, *, changes: dict[str, str], without: tuple[str, ...] = ()) -> str:
    """The message that refuses `stack` with some keys changed or taken away; no resource was made."""
    config = read_configuration(stack) | {f"priceguard:{key}": value for key, value in changes.items()}
    for key in without:
        del config[f"priceguard:{key}"]
    maker = CountingMaker("us-east-1")
    with pytest.raises(pulumi.RunError) as caught:
        run_program(stack, config, maker)
    assert maker.made == 0
    return str(caught.value)


def line_about(key: str, stack: str, value: str) -> str:
    """The one line of the message that names `key`."""
    (line,) = [line for line in refusal(stack, changes={key: value}).splitlines() if f"priceguard:{key}" in line]
    return line
