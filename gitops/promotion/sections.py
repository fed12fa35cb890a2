"""The parts of what a promotion's pull request says, each with an end."""

from collections.abc import Iterator

from gitops.comments import cost as comment_cost
from gitops.comments.comment import RUN
from gitops.comments.cut import Part, Section
from gitops.comments.text import code
from gitops.comments.told import told
from gitops.github.model import Commit, Comparison
from gitops.previews.words import numbered
from gitops.promotion.notes import Migration, Notes, Package
from gitops.promotion.schema_change import Effect
from gitops.promotion.stack_file import Pair
from gitops.release.proof import Proof
from gitops.revision import REVISION
from render.cost import Difference

MOST_COMMITS, MOST_PACKAGES, MOST_MIGRATIONS, MOST_FINDINGS, MOST_STAGES = 50, 100, 30, 10, 30
MOST_UNFOLDED = 10
"""Lines of a list that stands open."""
COMMITS_RANK, MIGRATIONS_RANK, PROOF_RANK, PACKAGES_RANK = 3, 0, 1, 5
_MEANS = {
    Effect.ADDS: "the former code can go on with it",
    Effect.CARE: "**the former code may not work with it**",
    Effect.LOSES: "**cannot be undone**",
}


def link(text: str, url: str) -> str:
    """A link of ours; the text alone when the address is none of the web."""
    return f"[{text}]({url})" if RUN.fullmatch(url) else text


def short(revision: str) -> str:
    """A commit in a line."""
    return code(revision[:7])


def migrations(notes: Notes, *, first: bool) -> Iterator[Section]:
    """Each with what it means for going back; only their names when there is nothing to go back to."""
    found = notes.migrations
    if not found:
        return
    worst = sorted(range(len(found)), key=lambda place: -found[place].effect)[:MOST_MIGRATIONS]
    lines = [_migration(found[place], first=first) for place in sorted(worst)]
    yield _listed(numbered(len(found), "migration"), lines, len(found), MIGRATIONS_RANK, folds=False)


def _migration(one: Migration, *, first: bool) -> str:
    if first:
        return f"- {code(one.name)}"
    said = [code(found.said) for found in sorted(one.findings, key=lambda found: -found.effect)]
    more = [f"and {len(said) - MOST_FINDINGS} more"] if len(said) > MOST_FINDINGS else []
    why = f": {', '.join([*said[:MOST_FINDINGS], *more])}" if said else ""
    return f"- {code(one.name)} {_MEANS[one.effect]}{why}"


def proved(proof: Proof) -> Section:
    """What dev has proved, stage by stage: one table, so one part, because a row alone would be none."""
    rows = [f"| {_cell(one.name)} | {one.seconds:,.0f} s | {_cell(one.said)} |" for one in proof.stages[:MOST_STAGES]]
    more = [f"| … | | and {len(proof.stages) - MOST_STAGES} more |"] if len(proof.stages) > MOST_STAGES else []
    table = "\n".join(["| stage | took | found |", "|---|---:|---|", *rows, *more])
    when = f"{proof.at:%Y-%m-%d %H:%M} UTC"
    said = f"{link('The run', proof.run_url)} ended at {when}; everything stayed well for {proof.soaked:,.0f} s."
    return Section(opening="#### Proved in dev", parts=[Part(short=said, details=table)], rank=PROOF_RANK)


def commits(found: Comparison | None, former: Pair) -> Iterator[Section]:
    """What is new since the former commit, the newest first."""
    since = former.revision[:7]
    if found is None:
        missing = f"Cannot be told: GitHub does not compare {code(since)} with this one."
        yield Section(opening="#### Commits", parts=[Part(short=missing)], rank=COMMITS_RANK)
        return
    if found.status == "diverged":
        warning = f"> [!WARNING]\n> {code(since)} is not among this one's ancestors: what it had may be gone."
        yield Section(opening=warning, parts=[])
    newest = [_commit(one) for one in reversed(found.commits)][:MOST_COMMITS]
    yield _listed(f"{numbered(found.ahead_by, 'commit')} since {since}", newest, found.ahead_by, COMMITS_RANK)


def _commit(one: Commit) -> str:
    name = short(one.sha) if REVISION.fullmatch(one.sha) else code(one.sha)
    return f"- {link(name, one.url)} {code(one.subject)} {code(one.author, 60)}"


def packages(found: tuple[Package, ...]) -> Iterator[Section]:
    """What the image has in another version than before."""
    if found:
        lines = [_package(one) for one in found[:MOST_PACKAGES]]
        yield _listed(f"{numbered(len(found), 'package')} of the image changed", lines, len(found), PACKAGES_RANK)


def _package(one: Package) -> str:
    if one.before and one.after:
        return f"- {code(one.name)} {code(one.before, 60)} → {code(one.after, 60)}"
    return f"- {code(one.name)} {code(one.after or one.before, 60)} {'is new' if one.after else 'is no more'}"


def cost(difference: Difference | str) -> Iterator[Section]:
    """As the comment of a preview tells it."""
    found = {"missing": difference} if isinstance(difference, str) else difference.as_dict()
    nothing = {"stack": "prod", "changes": [], "unchanged": 0, "policy": [], "diagnostics": []}
    yield from comment_cost.cost(told({**nothing, "cost": found}))


def _listed(title: str, lines: list[str], number: int, rank: int, *, folds: bool = True) -> Section:
    """A list under its title, folded when it is long; of `number` in all, those that have no line are counted."""
    more = [f"- and {number - len(lines)} more"] if number > len(lines) else []
    parts = [Part(short=line) for line in [*lines, *more]]
    if folds and len(lines) > MOST_UNFOLDED:
        opening = f"<details><summary>{title}</summary>"
        return Section(opening=opening, parts=parts, closing="</details>", rank=rank, gap="\n")
    return Section(opening=f"#### {title}", parts=parts, rank=rank, gap="\n")


def _cell(text: str) -> str:
    """In a table, where a bar would end it also inside code."""
    return code(text.replace("|", "¦"))
