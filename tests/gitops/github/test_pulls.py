"""Pull requests, reviews and labels, as the pipeline sees and changes them."""

from gitops.github.model import Pull
from tests.gitops.github.bench import NAME, Bench


def test_a_pull_request_is_told_whole(bench: Bench) -> None:
    """All that the pipeline decides by."""
    bench.store.label(bench.number, "destroy-approved")

    assert bench.github.pull(bench.number) == Pull(
        number=1,
        title="Change it",
        body="Why not",
        state="open",
        merged=False,
        merge_commit=None,
        head=bench.head,
        head_branch="change",
        head_repository=NAME,
        base_branch="main",
        base=bench.main,
        labels=("destroy-approved",),
        author="alice",
        url=f"https://github.com/{NAME}/pull/1",
    )


def test_a_push_moves_what_it_proposes(bench: Bench) -> None:
    """Until it is closed."""
    pushed = bench.repository.commit("change", {"b.txt": "b"}, "More")
    assert bench.github.pull(bench.number).head == pushed

    bench.store.close(bench.number)
    bench.repository.commit("change", {"b.txt": "c"}, "Too late")
    assert bench.github.pull(bench.number).head == pushed


def test_what_was_merged_is_found_by_its_commits(bench: Bench) -> None:
    """By what it proposed, and by what `main` got."""
    merged = bench.store.merge(bench.number, method="squash")
    pull = bench.github.pull(bench.number)

    assert (pull.merged, pull.state, pull.merge_commit) == (True, "closed", merged)
    assert merged == bench.main
    assert bench.github.pulls_of(merged) == [pull]
    assert bench.github.pulls_of(pull.head) == [pull]


def test_an_open_one_is_found_by_what_it_proposes_from_a_fork_too(bench: Bench) -> None:
    """GitHub leaves these out of its own answer; two may have the same head."""
    fork = bench.store.open_pull("theirs", fork="mallory/fork", commit=bench.head, author="mallory")
    found = bench.github.pulls_of(bench.head)

    assert [pull.number for pull in found] == [bench.number, fork]
    assert found[1].head_repository == "mallory/fork"
    assert bench.github.pulls_of(bench.main) == []


def test_a_branch_of_a_fork_is_not_ours_whatever_its_name(bench: Bench) -> None:
    """A stranger's `change`, also where the stranger is called as we are, is none of this repository."""
    bench.store.open_pull("change", fork="mallory/platform", commit=bench.head, author="mallory")
    bench.store.open_pull("change", fork="example/other", commit=bench.head, author="mallory")

    assert [pull.number for pull in bench.github.pulls("change")] == [bench.number]


def test_states_are_told_apart(bench: Bench) -> None:
    """Open ones by default."""
    bench.store.close(bench.number)

    assert bench.github.pulls("change") == []
    assert [pull.number for pull in bench.github.pulls("change", state="closed")] == [bench.number]
    assert [pull.number for pull in bench.github.pulls("change", state="all")] == [bench.number]


def test_one_is_opened_once(bench: Bench) -> None:
    """The second time it is the one that is there, as it is."""
    made = bench.github.create_pull("Promote", "Body", "proposal")

    assert bench.github.create_pull("Other title", "Other body", "proposal") == made
    assert (made.title, made.body, made.head_branch, made.author) == (
        *("Promote", "Body", "proposal"),
        "github-actions[bot]",
    )


def test_only_what_is_given_is_changed(bench: Bench) -> None:
    """A body may become empty."""
    changed = bench.github.edit_pull(bench.number, body="")
    assert (changed.title, changed.body, changed.state) == ("Change it", "", "open")

    changed = bench.github.edit_pull(bench.number, title="Better", state="closed")
    assert (changed.title, changed.body, changed.state) == ("Better", "", "closed")


def test_an_approval_is_dismissed_once_and_for_all(bench: Bench) -> None:
    """Repeating it is no error, though GitHub refuses that."""
    approval = bench.store.review(bench.number)
    bench.repository.commit("change", {"b.txt": "b"}, "More")
    bench.store.review(bench.number, "COMMENTED", author="robot[bot]")

    for _ in range(2):
        bench.github.dismiss_review(bench.number, approval, "it was for other steps")
    first, second = bench.github.reviews(bench.number)
    assert (first.state, first.author, first.is_bot) == ("DISMISSED", "bob", False)
    assert (second.state, second.is_bot) == ("COMMENTED", True)
    assert first.commit != second.commit == bench.github.pull(bench.number).head


def test_labels_are_given_and_taken_whether_they_are_there_or_not(bench: Bench) -> None:
    """Names that need quoting too."""
    for _ in range(2):
        bench.github.label(bench.number, "promotion", "a/b c")
    bench.github.label(bench.number)
    assert bench.github.pull(bench.number).labels == ("promotion", "a/b c")

    for _ in range(2):
        bench.github.unlabel(bench.number, "a/b c")
    assert bench.github.pull(bench.number).labels == ("promotion",)
