"""What a stack's file says runs there: the pair of an image and a commit, and the only change that a robot makes to it.

Everything else in the file is people's: comments, order and quotes stay as they are, byte for byte.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from gitops.previews.values import clipped, plain
from gitops.revision import REVISION

STACK_FILE = "Pulumi.prod.yaml"
"""The file that a promotion changes."""
IMAGE_KEY, REVISION_KEY = "priceguard:image", "priceguard:revision"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
NO_DIGEST, NO_REVISION = f"sha256:{'0' * 64}", "0" * 40
"""What stands in the file of a stack that nothing was promoted to yet."""
LONGEST = 200
"""Characters of a line that is shown."""

_VALUE = r"""(?P<key>{key}:[ ]+)(?P<quote>["']?)(?P<value>[^\s"'#]+)(?P=quote)(?=[ \t]*(?:[ \t]#.*)?\r?$)"""


class StackFileError(ValueError):
    """The file is none that a pair can be read from or written into; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """What runs, or is to run.

    Args:
        image: as the file says it: `repository@sha256:...`; in dev, or before there is one, a word such as `none`.
        digest: of the image, `sha256:` and 64 hex digits; empty where the file names none.
        revision: commit of program and image.
    """

    image: str
    digest: str
    revision: str

    @property
    def exists(self) -> bool:
        """Whether it can run: it names a digest and a commit, and neither is the placeholder."""
        is_pair = DIGEST.fullmatch(self.digest) and REVISION.fullmatch(self.revision)
        return bool(is_pair) and self.digest != NO_DIGEST and self.revision != NO_REVISION

    def same_as(self, digest: str, revision: str) -> bool:
        """Whether it is that image with that program, in whichever repository the image is."""
        return (self.digest, self.revision) == (digest, revision)


def pair(text: str) -> Pair:
    """The pair that a stack's file names.

    Raises:
        StackFileError: it is not YAML, or names none.
    """
    config = _config(text)
    image, revision = config.get(IMAGE_KEY), config.get(REVISION_KEY)
    if not isinstance(image, str) or not isinstance(revision, str):
        raise StackFileError(f"the stack's file must give {IMAGE_KEY} and {REVISION_KEY} as text; put them in quotes")
    digest = image.partition("@")[2]
    return Pair(image=image, digest=digest if DIGEST.fullmatch(digest) else "", revision=revision)


def with_pair(text: str, digest: str, revision: str) -> str:
    """The file with another pair; everything but these two values is as it was.

    Args:
        text: of a stack whose image is named by a digest, or `none`.
        digest: `sha256:` and 64 hex digits.
        revision: commit, 40 hex digits.

    Raises:
        StackFileError: the file has no place for it, or one of the values is none.
    """
    if not DIGEST.fullmatch(digest) or not REVISION.fullmatch(revision):
        raise StackFileError("a pair is a digest, sha256: and 64 hex digits, and a commit, 40 hex digits")
    image = f"{_repository(text)}@{digest}"
    # A commit of nothing but digits, perhaps with an e, is a number to YAML, so it always stands in quotes.
    written = _put(_put(text, IMAGE_KEY, image, quotes=False), REVISION_KEY, revision, quotes=True)
    expected = {**_config(text), IMAGE_KEY: image, REVISION_KEY: revision}
    if _config(written) != expected:
        raise StackFileError(f"{IMAGE_KEY} and {REVISION_KEY} cannot be written in place; write them in a line each")
    return written


def only_pair_changed(before: str, after: str) -> list[str]:
    """What `after` has beside another pair: the lines that differ, with - or +; empty when there is nothing.

    The image's repository belongs to what may not differ. An `after` that is no stack's file, or names no pair,
    differs by that.
    """
    try:
        becomes = pair(after)
        written = with_pair(before, becomes.digest, becomes.revision)
    except StackFileError as error:
        return [str(error)]
    lines = difflib.ndiff(written.splitlines(keepends=True), after.splitlines(keepends=True))
    return [clipped(plain(line.rstrip()), LONGEST) for line in lines if line.startswith(("-", "+"))]


def _put(text: str, key: str, value: str, *, quotes: bool) -> str:
    """Another value in the one line that has the key."""
    pattern = re.compile(rf"^(?P<before>[ ]+){_VALUE.format(key=re.escape(key))}", re.MULTILINE)
    found = list(pattern.finditer(text))
    if len(found) != 1:
        raise StackFileError(f"{key} must stand in exactly one line of the stack's file, with its value behind it")
    (match,) = found
    quote = match["quote"] or ('"' if quotes else "")
    return f"{text[: match.end('key')]}{quote}{value}{quote}{text[match.end() :]}"


def _repository(text: str) -> str:
    """Where the stack's images are; by the account where the file names no image yet."""
    config = _config(text)
    repository, at, _ = pair(text).image.partition("@")
    if at:
        return repository
    if repository != "none":
        raise StackFileError(f"{IMAGE_KEY} is {clipped(plain(repository), LONGEST)}, which no promotion may replace")
    return f"{config.get('priceguard:account')}.dkr.ecr.{config.get('aws:region')}.amazonaws.com/priceguard-prod"


@lru_cache(maxsize=8)  # to read YAML takes as long as to ask GitHub for it
def _config(text: str) -> Mapping[str, Any]:
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        reason = clipped(plain(str(error)), LONGEST)
        raise StackFileError(f"the stack's file is not YAML: {reason}") from error
    if not isinstance(document, dict) or not isinstance(document.get("config"), dict):
        raise StackFileError("the stack's file must hold an object `config`")
    return document["config"]
