"""The program: what `pulumi up` runs for the selected stack."""

from infra import outputs, settings
from infra.environment import Environment

outputs.export(Environment("priceguard", settings.load()))
