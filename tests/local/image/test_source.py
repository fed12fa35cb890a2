"""The address of the repository as the image carries it: for everybody to read, so nobody's token may be in it."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from local.image.recipe import api_recipe, source
from tests.local.image.conftest import Git

GITHUB = "https://github.com/acme/price-guard_2.0"


@pytest.mark.parametrize(
    "remote",
    [
        GITHUB,
        f"{GITHUB}.git",
        "https://ada@github.com/acme/price-guard_2.0.git",
        "https://ada:ghp_token@github.com/acme/price-guard_2.0.git",
        "https://:ghp_token@github.com/acme/price-guard_2.0",
        "https://x-access-token:a:b:c@github.com/acme/price-guard_2.0",
        "git@github.com:acme/price-guard_2.0.git",
        "git@github.com:acme/price-guard_2.0",
        "ssh://git@github.com/acme/price-guard_2.0.git",
        "ssh://git@github.com:2222/acme/price-guard_2.0.git",
        "ssh://git:ghp_token@github.com/acme/price-guard_2.0",
        "ada@github.com:acme/price-guard_2.0.git",
        "https://github.com:8443/acme/price-guard_2.0/",
    ],
)
def test_a_remote_becomes_its_https_address(files: Path, git: Git, remote: str) -> None:
    """Without user, password and `.git`."""
    git("init", "--quiet")
    git("remote", "add", "origin", remote)

    assert source(files) == GITHUB
    assert api_recipe(files, "base").labels["SOURCE"] == GITHUB


@pytest.mark.parametrize(
    "remote",
    [
        "/srv/git/price-guard.git",
        "../price-guard",
        "file:///srv/git/price-guard.git",
        "http://github.com/acme/price-guard",
        "https://github.com/acme/price-guard?token=ghp_token",
        "https://github.com/acme/price-guard#ghp_token",
        "https://ada:to@ken@github.com/acme/price-guard",
        "https://ada:to/ken@github.com/acme/price-guard",
        "https://github.com",
        "https://",
        "nonsense",
    ],
)
def test_any_other_remote_is_no_source(files: Path, git: Git, remote: str) -> None:
    """No label rather than a wrong one, or one with a secret."""
    git("init", "--quiet")
    git("remote", "add", "origin", remote)

    assert source(files) == ""


def test_a_repository_without_a_remote_has_no_source(files: Path, git: Git) -> None:
    """Nor with one of another name."""
    git("init", "--quiet")
    assert source(files) == ""

    git("remote", "add", "upstream", GITHUB)
    assert source(files) == ""


@pytest.mark.usefixtures("files")
def test_a_token_that_git_itself_puts_into_the_address_is_lost(files: Path, git: Git) -> None:
    """As the runners of some CI systems have it configured."""
    git("init", "--quiet")
    git("remote", "add", "origin", f"{GITHUB}.git")
    git("config", "url.https://oauth2:ghp_token@github.com/.insteadOf", "https://github.com/")

    assert "ghp_token" in git("remote", "get-url", "origin")
    assert source(files) == GITHUB


@given(user=st.text(st.characters(codec="utf-8"), max_size=30))
@example(user="a.b/c")
@example(user="a.b/c@d.e/f")
@example(user="a@b:c/d")
@example(user="git@host:x")
@example(user="https://a")
@example(user="a\n")
def test_no_part_of_any_user_comes_out(user: str) -> None:
    """Whatever stands before the @, the address is the same, or there is none."""
    remote = f"https://{user}@github.com/acme/price-guard_2.0.git"
    with pytest.MonkeyPatch.context() as patch:
        # What git says, without a process for each example.
        patch.setattr("local.image.recipe.git", lambda *_: remote)

        assert source(Path()) in {GITHUB, ""}


@given(remote=st.from_regex(r"(https://)?[a-z:@/.?#~]*(git@|//)[a-z:@/.?#~ \n]*", fullmatch=True))
def test_what_comes_out_is_https_or_nothing(remote: str) -> None:
    """Whatever git says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local.image.recipe.git", lambda *_: remote)

        found = source(Path())

    assert found == "" or found.startswith("https://")
