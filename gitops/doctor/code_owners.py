"""Who owns a file, by the rules of GitHub's CODEOWNERS: the last line that fits decides.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

import re

LARGEST = 3 * 1024 * 1024
"""Bytes beyond which GitHub ignores the file."""
_PARTS = re.compile(r"\*\*/?|\*|\?|[^*?]+")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def owners(text: str, path: str) -> list[str]:
    """The owners of a path; empty when nobody has to approve."""
    for line in reversed(text.splitlines()):
        pattern, *names = re.sub(r"(^|\s)#.*", "", line).split() or [""]
        if pattern and _fits(pattern, path):
            return names
    return []


def _fits(pattern: str, path: str) -> bool:
    """As in .gitignore, without `!` and `[ ]`: a slash inside or in front ties a pattern to the root."""
    anchored = "/" in pattern.rstrip("/")
    folder = pattern.endswith("/")
    words = "".join(_MEANING.get(piece) or re.escape(piece) for piece in _PARTS.findall(pattern.strip("/")))
    # `docs/*` is the one pattern that does not reach into folders.
    below = "/.*" if folder else "" if anchored and pattern.endswith("/*") else "(?:/.*)?"
    return re.fullmatch(f"{'' if anchored else '(?:.*/)?'}{words}{below}", path) is not None
