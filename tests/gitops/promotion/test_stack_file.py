"""The two values that a promotion changes, and the rest of the file, which nobody but people changes."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.promotion.stack_file import NO_DIGEST, NO_REVISION, StackFileError, only_pair_changed, pair, with_pair
from render.configuration import ROOT

OURS = (ROOT / "Pulumi.prod.yaml").read_text()
REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard-prod"
DIGEST, REVISION = f"sha256:{'c0ffee17' * 8}", "3f2c1ab5" * 5
HEX = "0123456789abcdef"
DIGESTS = st.text(HEX, min_size=64, max_size=64).map("sha256:{}".format)
REVISIONS = st.text(HEX, min_size=40, max_size=40) | st.sampled_from(["1" * 40, f"{'1' * 38}e1", f"{'1' * 37}e10"])
NEWLINES = st.sampled_from(["\n", "\r\n"])
COMMENTS = st.sampled_from(["", "  # which dev proved", ' # "quoted": x', "   "])
OTHERS = st.lists(
    st.sampled_from(
        [
            "  # priceguard:image: not this one",
            '  priceguard:logLevel: INFO   # as "it" was',
            "  priceguard:text: |\n    priceguard: image",
            "  aws:region: eu-west-1",
            "  priceguard:imageless: 'x'",
            "",
        ]
    ),
    unique=True,
)


def lines(*lines: str, newline: str = "\n") -> str:
    """A stack's file."""
    return newline.join(["config:", *lines, ""]).replace("\r\n", "\n").replace("\n", newline)


FILES = st.builds(
    lambda before, between, after, quote, other, comment, newline: lines(
        *before,
        f"  priceguard:image: {quote}{REPOSITORY}@{NO_DIGEST}{quote}{comment}",
        *(line for line in between if line not in before),
        f"  priceguard:revision: {other}{NO_REVISION}{other}{comment}",
        *(line for line in after if line not in (*before, *between)),
        newline=newline,
    ),
    OTHERS,
    OTHERS,
    OTHERS,
    st.sampled_from(["", '"', "'"]),
    st.sampled_from(['"', "'"]),
    COMMENTS,
    NEWLINES,
)


def test_our_own_file_gets_two_other_lines() -> None:
    """All others are as they were, comments too."""
    changed = with_pair(OURS, DIGEST, REVISION)

    before, after = OURS.splitlines(), changed.splitlines()
    assert [(old, new) for old, new in zip(before, after, strict=True) if old != new] == [
        (f"  priceguard:image: {REPOSITORY}@{NO_DIGEST}", f"  priceguard:image: {REPOSITORY}@{DIGEST}"),
        (f'  priceguard:revision: "{NO_REVISION}"', f'  priceguard:revision: "{REVISION}"'),
    ]
    assert only_pair_changed(OURS, changed) == []


@settings(max_examples=25, deadline=None)
@given(FILES, DIGESTS, REVISIONS)
def test_a_pair_is_written_in_place(text: str, digest: str, revision: str) -> None:
    """What is written is read again, as text; once is enough; every other byte stays."""
    changed = with_pair(text, digest, revision)

    found = pair(changed)
    assert (found.image, found.digest, found.revision) == (f"{REPOSITORY}@{digest}", digest, revision)
    assert yaml.safe_load(changed)["config"]["priceguard:revision"] == revision
    assert with_pair(changed, digest, revision) == changed
    assert changed.replace(digest, NO_DIGEST).replace(revision, NO_REVISION) == text
    assert only_pair_changed(text, changed) == []


@settings(max_examples=25, deadline=None)
@given(FILES, DIGESTS, REVISIONS)
def test_the_way_back_is_the_same(text: str, digest: str, revision: str) -> None:
    """With the former pair the file is what it was."""
    there = pair(text)

    assert with_pair(with_pair(text, digest, revision), there.digest, there.revision) == text


def test_a_commit_is_never_a_number() -> None:
    """Without quotes YAML takes some for one; then they get quotes."""
    bare = OURS.replace(f'"{NO_REVISION}"', f"{'1' * 38}e1")

    with pytest.raises(StackFileError, match="as text; put them in quotes"):
        pair(bare.replace("e1", "11"))
    assert f'priceguard:revision: "{"1" * 40}"\n' in with_pair(bare, DIGEST, "1" * 40)


def test_the_first_image_comes_from_the_accounts_own_repository() -> None:
    """Where the file says `none`, because there was no image yet."""
    nothing = OURS.replace(f"{REPOSITORY}@{NO_DIGEST}", "none")

    changed = with_pair(nothing, DIGEST, REVISION)

    assert pair(nothing).digest == ""
    assert pair(changed).image == f"{REPOSITORY}@{DIGEST}"
    assert only_pair_changed(nothing, changed) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("logLevel: INFO", "logLevel: DEBUG", ["-   priceguard:logLevel: INFO", "+   priceguard:logLevel: DEBUG"]),
        (
            "amazonaws.com/priceguard-prod@",
            "amazonaws.com/priceguard-dev@",
            [f"-   priceguard:image: {REPOSITORY}@{DIGEST}"],
        ),
        ("  priceguard:protect: true\n", "", ["-   priceguard:protect: true"]),
        ("\nconfig:", "\nencryptionsalt: x\nconfig:", ["+ encryptionsalt: x"]),
        ("  priceguard:logLevel", "  priceguard:image: x\n  priceguard:logLevel", ["a pair is a digest"]),
        (f"@{DIGEST}", ":newest", ["a pair is a digest"]),
        (REVISION, "main", ["a pair is a digest"]),
        ("config:", "config: [", ["the stack's file is not YAML"]),
        ("# A promotion", "# A robot", ["-   # A promotion writes these two"]),
    ],
)
def test_what_else_a_change_holds_is_told(old: str, new: str, told: list[str]) -> None:
    """Line by line; another repository, another comment and a key that stands twice are something else."""
    changed = with_pair(OURS, DIGEST, REVISION)
    assert old in changed

    found = only_pair_changed(OURS, changed.replace(old, new))

    assert found
    for line in told:
        assert any(one.startswith(line) for one in found)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- a\n", "must hold an object `config`"),
        ("config: {", "is not YAML"),
        ("config:\n  priceguard:image: none\n", "must give priceguard:image and priceguard:revision"),
        (
            OURS.replace(f"{REPOSITORY}@{NO_DIGEST}", "build"),
            "priceguard:image is build, which no promotion may replace",
        ),
        (OURS.replace("  priceguard:image: ", "  priceguard:image:\n    "), "in exactly one line"),
        (OURS.replace("  priceguard:image:", '  "priceguard:image":'), "in exactly one line"),
        (f'{OURS}  priceguard:revision: "{NO_REVISION}"\n', "in exactly one line"),
    ],
)
def test_a_file_without_a_place_for_a_pair_is_refused(text: str, why: str) -> None:
    """It says what to do, and nothing is written."""
    with pytest.raises(StackFileError, match=why):
        with_pair(text, DIGEST, REVISION)


@pytest.mark.parametrize(("digest", "revision"), [("sha256:ab", REVISION), (DIGEST, "main"), (f"{DIGEST}\n", REVISION)])
def test_only_a_digest_and_a_commit_are_a_pair(digest: str, revision: str) -> None:
    """No tag, no branch."""
    with pytest.raises(StackFileError, match="a pair is a digest"):
        with_pair(OURS, digest, revision)


def test_a_pair_exists_when_it_can_run() -> None:
    """The placeholder cannot, nor what names no digest."""
    assert pair(with_pair(OURS, DIGEST, REVISION)).exists
    assert not pair(OURS).exists
    assert not pair(OURS.replace(f'"{NO_REVISION}"', REVISION)).exists
    assert not pair((ROOT / "Pulumi.dev.yaml").read_text()).exists
