"""Types that the emulator can make and remove, but not change."""

from collections.abc import Mapping
from typing import Any

from local.providers.aws_resource import AwsResource
from local.providers.resource import Made, Resource, World


class Renewed(AwsResource):
    """A type whose update in place is its removal, and its creation from all that the program says now."""

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:
        """Remove what is there, where the row's update is going to make it again."""
        diff = self.diff(old.inputs, inputs)
        if diff.changed - self.row.recorded and not diff.replaces:
            self.delete(world, old)
        return super().update(world, old, inputs)
