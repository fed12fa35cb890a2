"""What the comment of a preview remembers of the ones before it, in a line that nobody sees."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gitops.github.model import Comment
from gitops.revision import REVISION

_NONE = "-"
_COMMIT = rf"{REVISION.pattern}|-"
_LINE = re.compile(
    rf"<!-- head=(?P<head>{_COMMIT}) former=(?P<former>{_COMMIT}) since=(?P<since>{_COMMIT}) "
    r"label=(?P<label>taken|-) -->"
)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What was known when a comment was written.

    Args:
        head: the commit that it is about; None before there was one.
        former: the last commit before that whose plan is known.
        since: the commit that "since you last looked" speaks of.
        taken: whether the label was taken away.
    """

    head: str | None = None
    former: str | None = None
    since: str | None = None
    taken: bool = False

    def line(self) -> str:
        """As it stands in the comment."""
        commits = (f"{name}={getattr(self, name) or _NONE}" for name in ("head", "former", "since"))
        return f"<!-- {' '.join(commits)} label={'taken' if self.taken else _NONE} -->"


def remembered(comments: Iterable[Comment], marker: str) -> Memory:
    """What our own comment remembers; nothing where there is none, or it is not as we write it.

    Anybody may write such a comment; so only a program's counts, and of these the first, as for editing it.
    """
    body = next((one.body for one in comments if one.is_bot and one.body.startswith(marker)), "")
    _, line, *_ = [*body.splitlines(), "", ""]
    if not (found := _LINE.fullmatch(line.strip())):
        return Memory()
    head, former, since = (None if found[name] == _NONE else found[name] for name in ("head", "former", "since"))
    return Memory(head=head, former=former, since=since, taken=found["label"] == "taken")
