"""What a promotion's pull request says: all that somebody has to know before it is merged, without another tab.

Pure text: nothing here talks to GitHub or git. Subjects of commits, names and what stages said are strangers' words.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gitops.comments.cut import GAP, Section, fitted
from gitops.comments.text import code
from gitops.github.model import Comparison
from gitops.promotion.notes import Notes
from gitops.promotion.schema_change import Effect
from gitops.promotion.sections import commits, cost, link, migrations, packages, proved, short
from gitops.promotion.stack_file import STACK_FILE, Pair
from gitops.release.proof import Proof
from render.cost import Difference

MARKER = "<!-- priceguard:promotion stack=prod -->"
"""By which the pull request is known for one of ours; it stands first."""
LIMIT = 60_000
"""Characters of a body."""
COMMAND = "priceguard rollback prod"
TAIL = (
    "<sub>The deployment of dev opened this and brings it up to date. Push nothing to its branch; close it to leave "
    "prod as it is.</sub>\n"
)


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What is promoted, and what is known of it.

    Args:
        proof: of dev.
        former: what prod runs; None when nothing was ever promoted.
        commits: what is new since then; None when GitHub does not know.
        notes: migrations and packages since then.
        cost: how prod's cost a month changes, or why that cannot be told.
    """

    proof: Proof
    former: Pair | None
    commits: Comparison | None
    notes: Notes
    cost: Difference | str

    @property
    def same_image(self) -> bool:
        """Whether the image stays, so that only the infrastructure's program is new."""
        return self.former is not None and self.former.digest == self.proof.digest

    @property
    def title(self) -> str:
        """Of the pull request, and of its commit."""
        return f"Promote {self.proof.revision[:7]} to prod{', the infrastructure only' if self.same_image else ''}"


def body(proposal: Proposal, *, limit: int = LIMIT) -> str:
    """The pull request's text, as Markdown of GitHub.

    Args:
        proposal: what is proposed.
        limit: characters that are not exceeded; what matters least is left out, and counted.

    Raises:
        ValueError: the limit is too low for what is always said.
    """
    head = GAP.join(
        (
            f"{MARKER}\n### Promote `{proposal.proof.revision[:7]}` to prod",
            _merging(proposal),
            _pairs(proposal),
            _way_back(proposal),
        )
    )
    return fitted(head, list(_sections(proposal)), TAIL, limit)


def _merging(proposal: Proposal) -> str:
    proved = link("dev has proved", proposal.proof.run_url)
    what, values = "the image, and its program", "Two values differ in"
    if proposal.same_image:
        what, values = "another program; the image stays as it is", "One value differs in"
    return (
        f"Merging deploys to prod what {proved}: {what}. {values} `{STACK_FILE}`, and nothing else of prod's "
        "configuration. The comment of the preview says what that does to prod's resources."
    )


def _pairs(proposal: Proposal) -> str:
    """What runs beside what comes."""
    proof, former = proposal.proof, proposal.former
    was = (code(former.digest, 80), code(former.revision, 40)) if former else ("nothing yet", "nothing yet")
    rows = [
        ("image", was[0], "the same" if proposal.same_image else code(proof.digest, 80)),
        ("program", was[1], code(proof.revision, 40)),
    ]
    return "\n".join(
        ["| | prod runs | after the merge |", "|---|---|---|", *(f"| {a} | {b} | {c} |" for a, b, c in rows)]
    )


def _way_back(proposal: Proposal) -> str:
    """The headline of whether it can be undone, and how."""
    former, notes = proposal.former, proposal.notes
    if former is None:
        return _alert("NOTE", ["**The first promotion.** Nothing runs yet, so that there is nothing to go back to."])
    back = f"program back to {short(former.revision)}"
    if not proposal.same_image:
        back = f"image back to {code(former.digest, 80)}, {back}"
    how = f"`{COMMAND}` does that; a promotion that fails does it by itself."
    if proposal.same_image:
        return _alert("NOTE", [f"**Rollback:** {back}; the image and its database stay as they are.", how])
    if notes.missing:
        return _alert("WARNING", [f"**Whether it can be undone cannot be told:** {code(notes.missing)}.", how])
    if notes.effect is Effect.ADDS:
        return _alert("NOTE", [f"**Rollback:** {back}, no data is lost.", how])
    reasons = _reasons(notes, notes.effect)
    if notes.effect is Effect.LOSES:
        lost = "A rollback brings back the image, not what is lost; that is in the backups only."
        return _alert("CAUTION", [f"**NOT reversible:** {reasons}.", lost, how])
    return _alert("WARNING", [f"**Rollback with care:** {back}, no data is lost, but {reasons}.", how])


def _reasons(notes: Notes, effect: Effect) -> str:
    """The first of what is that bad, and how much more there is."""
    all_ = [(one.name, found.said) for one in notes.migrations for found in one.findings if found.effect is effect]
    name, said = all_[0]
    more = f", and {len(all_) - 1} more" if len(all_) > 1 else ""
    return f"{code(name.split('_', 1)[0], 40)} {code(said)}{more}"


def _alert(kind: str, lines: list[str]) -> str:
    return "\n".join([f"> [!{kind}]", *(f"> {line}" for line in lines)])


def _sections(proposal: Proposal) -> Iterator[Section]:
    """In the order in which they are shown."""
    former = proposal.former
    if not proposal.same_image:
        yield from migrations(proposal.notes, first=former is None)
    yield proved(proposal.proof)
    if former:
        yield from commits(proposal.commits, former)
    yield from packages(proposal.notes.packages)
    yield from cost(proposal.cost)
