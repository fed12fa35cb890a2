"""The proof that dev ran a pair of program and image, and that it could take money: a check on the commit.

It is what a promotion refers to. It is written by the job that deployed, and read by the one that promotes.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from gitops.github.client import GitHub

PROVEN, DEPLOYMENT = "proven ({stack})", "deployment ({stack})"
"""Names of the checks: the proof, and how the last deployment of the commit ended."""
LONGEST = 4000
"""Characters of a reason that are kept."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage of a deployment that went well.

    Args:
        name: such as `verify`.
        seconds: how long it took.
        said: what it found, in a line.
    """

    name: str
    seconds: float
    said: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a deployment has proved.

    Args:
        stack: where.
        revision: commit of program and image.
        digest: of the image, `sha256:` and 64 hex digits.
        image: its reference, by that digest.
        run_url: where all of it can be read.
        at: when it ended.
        stages: in order.
        soaked: seconds for which everything stayed as it should.
    """

    stack: str
    revision: str
    digest: str
    image: str
    run_url: str
    at: dt.datetime
    stages: tuple[Stage, ...]
    soaked: float

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {**asdict(self), "at": self.at.isoformat()}


def record(github: GitHub, proof: Proof) -> None:
    """Leave the proof at its commit; the one of an earlier deployment of the commit is replaced.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    lines = [f"- {stage.name}: {stage.said} ({stage.seconds:.0f} s)" for stage in proof.stages]
    said = {"title": f"{proof.stack} runs it, and can take money", "summary": "\n".join(lines)}
    for name, text in ((PROVEN, msgspec.json.encode(proof).decode()), (DEPLOYMENT, "")):
        github.check(
            proof.revision,
            name.format(stack=proof.stack),
            conclusion="success",
            text=text,
            external_id=proof.digest,
            details_url=proof.run_url,
            **said,
        )


def refute(github: GitHub, stack: str, revision: str, reason: str, run_url: str, *, ran: bool) -> None:
    """Leave at the commit that its deployment failed, and why.

    Args:
        github: keeps it.
        stack: where.
        revision: the commit.
        reason: in any number of lines.
        run_url: of the run that failed.
        ran: whether it was tried: then a proof of before counts no more.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    first, *_ = reason.splitlines() or [""]
    said = {"title": first[:200], "summary": "The deployment failed.", "text": reason[:LONGEST]}
    for name in (PROVEN, DEPLOYMENT) if ran else (DEPLOYMENT,):
        github.check(revision, name.format(stack=stack), conclusion="failure", details_url=run_url, **said)


def failure(github: GitHub, stack: str, revision: str, run_url: str) -> str:
    """Why the deployment of a commit in the run `run_url` failed; empty when that run has left nothing about it.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    newest = next(iter(github.checks(revision, DEPLOYMENT.format(stack=stack))), None)
    if newest is None or newest.conclusion != "failure" or newest.details_url != run_url:
        return ""
    return newest.text or newest.title


def proven(github: GitHub, stack: str, revision: str, digest: str = "") -> Proof | None:
    """The proof that `stack` ran the program of `revision`, with the image `digest`, or any; None when it never did.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    for check in github.checks(revision, PROVEN.format(stack=stack)):
        if check.conclusion != "success" or digest not in {"", check.external_id}:
            continue
        try:
            proof = msgspec.json.decode(check.text, type=Proof)
        except msgspec.MsgspecError:
            continue  # of another version of this program
        if (proof.stack, proof.revision, proof.digest) == (stack, revision, check.external_id):
            return proof
    return None
