"""A commit as the pipeline names it: all of its 40 hexadecimal digits, never a beginning, a branch or a tag."""

import re
from typing import Annotated

import msgspec

REVISION = re.compile(r"[0-9a-f]{40}")
Revision = Annotated[str, msgspec.Meta(pattern=f"^{REVISION.pattern}$")]
"""The same in data that comes from outside."""
