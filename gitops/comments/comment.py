"""The comment that a preview leaves on a pull request, and what the check beside it concludes.

Pure text: nothing here talks to GitHub. The preview comes as JSON from a job that runs the pull request's code, so that
every word of it is taken for a stranger's.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from gitops.comments import changes as comment_changes
from gitops.comments.cost import cost
from gitops.comments.cut import GAP, LIMIT, Part, Section, fitted
from gitops.comments.picture import picture
from gitops.comments.said import engine, rules
from gitops.comments.text import code, fenced
from gitops.comments.told import PreviewError, Told, told
from gitops.previews.basis import basis
from gitops.previews.report import KINDS
from gitops.previews.words import counted
from gitops.revision import REVISION

APPROVAL = "destroy-approved"
"""The label that allows what is destructive."""
STACK = re.compile(r"[a-z][a-z0-9-]{0,39}")
RUN = re.compile(r"https?://[A-Za-z0-9._~:/%-]{1,500}")
FAILED = "The preview failed, and nothing is known of what an update would do"

Conclusion = Literal["success", "neutral", "action_required", "failure"]


def comment(
    preview_json: Mapping[str, Any],
    *,
    stack: str,
    revision: str,
    run_url: str,
    since: str | None,
    seal_digest: str,
    note: str = "",
    taken: bool = False,
    limit: int = LIMIT,
) -> str:
    """What a preview found, as Markdown of GitHub.

    Args:
        preview_json: the object that `Preview.as_dict` tells.
        stack: the environment.
        revision: commit, 40 hexadecimal digits.
        run_url: where all of it can be read.
        since: what changed since the reviewer last looked; none when nobody did.
        seal_digest: of the steps, which an approval is for.
        note: a hidden line that stands below the marker.
        taken: whether the label was taken away, because it was given for less.
        limit: characters that are not exceeded.

    Raises:
        PreviewError: the JSON is no preview of the stack.
        ValueError: another argument is not what it has to be, or the limit is too low for what is always said.
    """
    found = told(preview_json)
    if found.stack != stack:
        raise PreviewError(f"this is a preview of {found.stack!r}, not of {stack!r}")
    heading, marked = _heading(stack, revision, run_url), _marked(stack, note)
    seen = "" if since is None else _seen(since)
    rests_on = [f"{words}." for words in basis(found.program, rendered=found.rendered)]
    if not found.changes and not found.blocked:
        line = " ".join([f"{heading}: **{_counts(found)}**.", *rests_on, _seal(seal_digest), seen]).strip()
        return f"{marked}\n{line}\n"
    said = (f"{marked}\n### {heading}", _summary(found), " ".join(rests_on), seen, _caution(found, taken=taken))
    return fitted(GAP.join(filter(None, said)), list(_sections(found)), f"{_seal(seal_digest)}\n", limit)


def failed(error: str, *, stack: str, revision: str, run_url: str, note: str = "", limit: int = LIMIT) -> str:
    """That a preview could not be made, and why.

    Args:
        error: what went wrong, in any number of lines.
        stack: the environment.
        revision: commit, 40 hexadecimal digits.
        run_url: where all of it can be read.
        note: a hidden line that stands below the marker.
        limit: characters that are not exceeded.

    Raises:
        ValueError: an argument is not what it has to be, or the limit is too low for what is always said.
    """
    head = f"{_marked(stack, note)}\n### {_heading(stack, revision, run_url)}\n\n**{FAILED}.**"
    first, *others = error.strip().splitlines() or [""]
    part = Part(short=code(first, 500), details=fenced([first, *others]) if others or len(first) > 500 else "")
    return fitted(head, [Section(opening="#### The error", parts=[part])], f"[The run]({run_url}) says more.\n", limit)


def conclusion(preview_json: Mapping[str, Any], labels: Collection[str]) -> Conclusion:
    """What the check of a stack says of a preview.

    Args:
        preview_json: the object that `Preview.as_dict` tells.
        labels: of the pull request.

    Raises:
        PreviewError: the JSON is no preview.
    """
    found = told(preview_json)
    if found.blocked:
        return "failure"
    if not found.changes:
        return "neutral"
    return "action_required" if found.destructive and APPROVAL not in labels else "success"


def headline(preview_json: Mapping[str, Any]) -> str:
    """What a preview found, in a line without Markdown.

    Raises:
        PreviewError: the JSON is no preview.
    """
    return _counts(told(preview_json))


def marker(stack: str) -> str:
    """By which the comment of a stack is found again; it always stands first.

    Raises:
        ValueError: it is no name of a stack.
    """
    if not STACK.fullmatch(stack):
        raise ValueError(f"{stack!r} is no name of a stack")
    return f"<!-- priceguard:preview stack={stack} -->"


def _marked(stack: str, note: str) -> str:
    if "\n" in note:
        raise ValueError("a note is one line")
    return f"{marker(stack)}\n{note}" if note else marker(stack)


def _heading(stack: str, revision: str, run_url: str) -> str:
    """Of what, and at which commit."""
    if not REVISION.fullmatch(revision):
        raise ValueError("a revision has 40 hexadecimal digits")
    if not RUN.fullmatch(run_url):
        raise ValueError("the address of the run is none of the web")
    return f"Preview of `{stack}` at [`{revision[:7]}`]({run_url})"


def _seen(since: str) -> str:
    commit, _, words = since.partition(": ")
    return f"Since you last looked, at {code(commit, 100)}: {code(words, 500)}."


def _summary(found: Told) -> str:
    refused = " **An update would be refused.**" if found.blocked and not found.has_failed else ""
    return f"**{_counts(found)}**.{refused}"


def _counts(found: Told) -> str:
    """How many resources there are of each kind, in a line whose length is bounded."""
    if found.has_failed:
        return FAILED
    if not found.changes:
        advice = sum(not one.mandatory for one in found.policy)
        advised = f", {advice} advisory" if advice else ""
        return f"nothing changes, {counted(found.unchanged, 'resource')} as the program says{advised}"
    numbers = Counter(one.op if one.op in KINDS else "" for one in found.changes)
    known = [f"{numbers[op]} {words}" for op, (_, words) in KINDS.items() if numbers[op]]
    others = [f"{numbers['']} of another kind"] if numbers[""] else []
    return ", ".join([*known, *others, *([f"{found.unchanged} unchanged"] if found.unchanged else [])])


def _caution(found: Told, *, taken: bool) -> str:
    """What a reviewer must not overlook; empty when nothing destructive happens."""
    losses = found.destructive
    if not losses:
        return ""
    stateful = sum(comment_changes.is_stateful(one) for one in losses)
    held = f", {stateful} of them with what cannot be made again" if stateful else ""
    told_of = f"{counted(len(losses), 'resource')} lost or out of service{held}"
    given = " It was given for less, and so was taken away." if taken else ""
    return f"> [!CAUTION]\n> {told_of}. Only the label `{APPROVAL}` allows that.{given}"


def _seal(digest: str) -> str:
    return f"Seal {code(digest, 100)}."


def _sections(found: Told) -> Iterator[Section]:
    """In the order in which they are shown."""
    yield from comment_changes.lost(found)
    yield from engine(found)
    yield from rules(found)
    yield from comment_changes.folded(found)
    if not found.has_failed:
        yield from cost(found)
    yield from picture(found)
