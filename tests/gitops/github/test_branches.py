"""Branches, files, comparisons, and commits that are made without a checkout."""

import pytest

from gitops.github.client import GitHubError
from gitops.github.git_wire import LONGEST_NAME, LONGEST_SUBJECT
from tests.gitops.github.bench import FILES, NAME, Bench


def test_a_branch_ends_somewhere_or_is_not_there(bench: Bench) -> None:
    """Its name may have a slash."""
    bench.repository.move("promote/prod", bench.main)

    assert bench.github.head("main") == bench.github.head("promote/prod") == bench.main
    assert bench.github.head("promote") is None
    assert bench.github.head("nothing") is None


@pytest.mark.parametrize("path", FILES)
def test_a_file_is_read_as_it_is(bench: Bench, path: str) -> None:
    """At a commit or branch; names that need quoting too."""
    assert bench.github.file(path, bench.main) == FILES[path]
    assert bench.github.file("a file.txt", "change") == "changed\n"


def test_a_file_that_is_not_there_is_an_error(bench: Bench) -> None:
    """Like a branch that is not."""
    for path, ref in (("nothing.txt", "main"), ("a file.txt", "nothing")):
        with pytest.raises(GitHubError) as refused:
            bench.github.file(path, ref)
        assert refused.value.status == 404


@pytest.mark.parametrize(
    "content",
    [
        {"type": "file", "encoding": "none", "content": ""},
        {"type": "symlink", "encoding": "base64", "content": "YQ=="},
        {"type": "file", "encoding": "base64", "content": "/w=="},
    ],
    ids=["too large", "a link", "no text"],
)
def test_what_is_no_text_file_is_told(bench: Bench, content: dict[str, str]) -> None:
    """Instead of reading it as an empty one."""
    with pytest.raises(GitHubError, match=r"x at main is no text file of at most 1 MB"):
        bench.answered(200, json=content).file("x", "main")


def test_two_commits_are_compared(bench: Bench) -> None:
    """Each way."""
    change = bench.github.compare("main", "change")
    assert (change.status, change.ahead_by) == ("ahead", 1)
    assert [(commit.sha, commit.subject, commit.author) for commit in change.commits] == [
        (bench.head, "Change it", "GitHub")
    ]
    assert change.commits[0].url == f"https://github.com/{NAME}/commit/{bench.head}"

    assert bench.github.compare(bench.head, bench.main).status == "behind"
    assert bench.github.compare("main", "main").status == "identical"
    bench.repository.commit("main", {"b.txt": "b"}, "Elsewhere")
    assert bench.github.compare("main", "change").status == "diverged"


def test_all_commits_are_told_the_oldest_first(bench: Bench) -> None:
    """On every page."""
    tree = bench.repository.at(bench.main).tree
    last = bench.main
    for number in range(130):
        last = bench.repository.make_commit(tree, [last], f"Commit {number}")
    found = bench.github.compare("main", last)

    assert found.ahead_by == 130
    assert [commit.subject for commit in found.commits] == [f"Commit {number}" for number in range(130)]


def test_what_git_lets_be_endless_is_cut(bench: Bench) -> None:
    """Nobody can make a comparison fail by a long name."""
    tree = bench.repository.at(bench.main).tree
    long = bench.repository.make_commit(tree, [bench.main], "s" * 400_000, author=("n" * 5_000, "a@example.com"))
    (commit,) = bench.github.compare("main", long).commits

    assert (len(commit.subject), len(commit.author)) == (LONGEST_SUBJECT, LONGEST_NAME)


def test_a_branch_is_made_with_one_commit(bench: Bench) -> None:
    """All other files are the base's; the second time nothing is written but a tree, which is no commit."""
    made = bench.github.commit_files("promote/prod", bench.main, {"Pulumi.prod.yaml": "new\n"}, "Promote")

    assert bench.github.head("promote/prod") == made
    assert bench.github.file("Pulumi.prod.yaml", made) == "new\n"
    assert bench.github.file("folder/other.txt", made) == FILES["folder/other.txt"]
    (commit,) = bench.github.compare("main", made).commits
    assert (commit.subject, commit.author) == ("Promote", "github-actions[bot]")
    before = len(bench.store.writes)
    assert bench.github.commit_files("promote/prod", bench.main, {"Pulumi.prod.yaml": "new\n"}, "Promote") == made
    assert bench.store.writes[before:] == ["POST /git/trees"]


def test_a_branch_is_moved_onto_another_base(bench: Bench) -> None:
    """What it held is no part of it any more."""
    old = bench.github.commit_files("promote/prod", bench.main, {"x.txt": "1\n"}, "Promote")
    bench.store.merge(bench.number)
    new = bench.github.commit_files("promote/prod", bench.main, {"x.txt": "1\n"}, "Promote")

    assert new != old
    assert bench.github.compare("main", "promote/prod").commits[0].sha == new
    assert bench.github.compare("main", "promote/prod").ahead_by == 1


def test_main_is_not_moved_so(bench: Bench) -> None:
    """Where a rule protects it, that is said."""
    with pytest.raises(GitHubError, match=r"rule violations found.*see Settings, Rules"):
        bench.github.commit_files("main", bench.head, {"x.txt": "1\n"}, "Promote")
