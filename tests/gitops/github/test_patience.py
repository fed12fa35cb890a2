"""GitHub is limited, slow, broken, and answers get lost: what passes is not seen, and nothing is made twice."""

from collections.abc import Callable
from typing import Any

import pytest

from gitops.github.client import GitHub, GitHubError
from local.github.answers import Answer, primary_limit, secondary_limit
from tests.gitops.github.bench import Bench

MARKER = "<!-- m -->"
LIMITS: dict[str, tuple[Callable[[float], Answer], tuple[float, float]]] = {
    # the answer at a time -> seconds that are waited at least and at most
    "secondary, for 30 s": (lambda _: secondary_limit(30), (30, 31)),
    "secondary, for it does not say how long": (lambda _: secondary_limit(), (60, 61)),
    "primary, for 45 s": (lambda now: primary_limit(now + 45), (45, 46)),
    "primary, by 429": (
        lambda now: Answer(
            status=429, body={"message": "API rate limit exceeded"}, headers=primary_limit(now + 9).headers
        ),
        (9, 10),
    ),
    "until a date": (
        lambda _: Answer(status=429, body={}, headers={"retry-after": "Fri, 15 Jan 2027 08:00:20 GMT"}),
        (20, 21),
    ),
    "nonsense": (lambda _: Answer(status=429, body={}, headers={"retry-after": "soon"}), (0, 1)),
}
WRITES: dict[str, Callable[[GitHub], Any]] = {
    "create_pull": lambda g: g.create_pull("t", "b", "proposal"),
    "comment": lambda g: g.comment(1, MARKER, f"{MARKER} text"),
    "check": lambda g: g.check(g.head("main") or "", "proven (dev)", conclusion="success", title="t", summary="s"),
    "issue": lambda g: g.issue(MARKER, "t", MARKER, ("drift",)),
    "close_issue": lambda g: g.close_issue(1, "gone"),
    "commit_files": lambda g: g.commit_files("new", g.head("main") or "", {"x": "1\n"}, "m"),
    "label": lambda g: g.label(1, "x"),
}


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("act", ["comment", "create_pull"])
def test_a_limit_is_waited_for_until_it_ends(bench: Bench, limit: str, act: str) -> None:
    """Also before what must not be done twice: it was certainly not done."""
    answer, (least, most) = LIMITS[limit]
    bench.store.instead.append(answer(bench.clock.time))
    WRITES[act](bench.github)

    assert least <= bench.clock.slept[0] <= most
    assert len(bench.clock.slept) == 1


def test_a_limit_that_ends_too_late_is_told_at_once(bench: Bench) -> None:
    """Nobody pays a runner for an hour of waiting."""
    bench.store.instead.append(primary_limit(bench.clock.time + 3000))

    with pytest.raises(GitHubError, match=r"rate limit exceeded.*\(the limit ends in 3000 s\); given up") as refused:
        bench.github.pull(1)
    assert refused.value.status == 403
    assert "permission" not in str(refused.value)
    assert bench.clock.slept == []


@pytest.mark.parametrize("fault", [{"status": 503}, {"cut": "before"}, {"cut": "after"}, {"nonsense": True}], ids=str)
@pytest.mark.parametrize("act", WRITES)
def test_a_trouble_that_passes_is_not_seen(make_bench: Callable[[], Bench], act: str, fault: dict[str, Any]) -> None:
    """Whichever request it meets, and nothing is there twice."""
    well, troubled = make_bench(), make_bench()
    for match in ("GET *", "POST *", "PATCH *"):
        troubled.store.faults.add(match=match, **fault)
    for bench in (well, troubled):
        WRITES[act](bench.github)

    assert facts(troubled) == facts(well)
    assert len(troubled.clock.slept) >= 1
    assert well.clock.slept == []


def facts(bench: Bench) -> object:
    """What people see."""
    threads = [
        (thread["title"], thread["body"], thread["state"], thread["labels"], bench.store.comments(number))
        for number, thread in bench.store.threads.items()
    ]
    runs = [(run["name"], run["conclusion"]) for run in bench.store.check_runs.values()]
    return threads, runs, bench.repository.git("for-each-ref", "--format=%(refname) %(tree)")
