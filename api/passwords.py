"""Passwords: the rule for new ones, and hashing that neither blocks the event loop nor eats the memory."""

import asyncio
import base64
import os
import re
import secrets
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NoReturn, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

from api.errors import BusyError

# Length is the only rule (NIST SP 800-63B, 5.1.1.2: no composition rules, at least 8 and at least 64 allowed).
SHORTEST: Final = 8
LONGEST: Final = 1024

# OWASP's minimum for Argon2id: 19 MiB, two passes, one lane; about 22 ms of a core.
# https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_REFUSAL_SECONDS: Final = 1.0
_WAITING: Final = 16  # the last one waits about 0.4 s on a whole core, 1.6 s on a quarter
_LOWEST_PRIORITY: Final = 19

# What others may have stored, and the most that one verification may cost a task of 512 MiB: 256 MiB, four passes over
# that. https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
_STORED: Final = re.compile(
    r"\$argon2(?:id|i|d)(?:\$v=(?:16|19))?\$m=(\d{1,9}),t=(\d{1,9}),p=(\d{1,3})"
    r"\$(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3})?\$(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3})?"
)
_MOST_MEMORY: Final = 256 * 1024  # KiB
_MOST_WORK: Final = 4 * _MOST_MEMORY

_Result = TypeVar("_Result")


def password_problem(password: str) -> str | None:
    """What is wrong with a new password, for its owner to read; None when nothing is."""
    if "\0" in password:
        return "must not hold a NUL character"
    if not SHORTEST <= len(password) <= LONGEST:
        return f"must be {SHORTEST} to {LONGEST} characters long"
    return None


def is_verifiable(stored: str) -> bool:
    """Whether a password can be compared to `stored`: Argon2 of any kind, at a cost that a task can bear."""
    found = _STORED.fullmatch(stored)
    if found is None:
        return False
    memory, passes, lanes = map(int, found.groups())
    return memory <= _MOST_MEMORY and memory * passes <= _MOST_WORK and passes > 0 and memory >= 8 * lanes > 0


class Passwords:
    """Hashes one password at a time, in a thread of the lowest priority, with a short queue.

    More threads would only use more memory (19 MiB each) and make other answers wait. When the queue is full,
    methods raise BusyError: a long queue would answer after the callers have gone.
    """

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, "passwords", initializer=_lower_priority)
        self._places = threading.BoundedSemaphore(_WAITING + 1)

    async def refuse_when_busy(self) -> None:
        """Raise BusyError when the queue is full: cheaper before anything else is done for the caller."""
        if not self._places.acquire(blocking=False):
            await _refuse()
        self._places.release()

    async def hash(self, password: str) -> str:
        """The text to store for a new password, parameters and salt included."""
        return await self._run(lambda: _HASHER.hash(_normalised(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether `stored` was made from `password`.

        Without a stored one the answer is no, and takes as long: time must not tell which accounts exist.
        """
        return await self._run(lambda: _is_match(password, stored or _decoy()))

    def is_outdated(self, stored: str) -> bool:
        """Whether `stored` was made with weaker parameters than those of today."""
        return _HASHER.check_needs_rehash(stored)

    def close(self) -> None:
        """Stop the thread."""
        self._executor.shutdown(cancel_futures=True)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        if not self._places.acquire(blocking=False):
            await _refuse()
        future = self._executor.submit(work)
        future.add_done_callback(self._free_place)  # also when the caller has gone before its turn came
        return await asyncio.wrap_future(future)

    def _free_place(self, _: Future[_Result]) -> None:
        self._places.release()


async def _refuse() -> NoReturn:
    """Say no, but not at once: callers who try again without a pause would leave no time for hashing."""
    await asyncio.sleep(_REFUSAL_SECONDS)
    raise BusyError("Too many people are logging in at this moment. Try again in a few seconds.")


def _normalised(password: str) -> str:
    """One form for what different keyboards send for the same characters (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _is_match(password: str, stored: str) -> bool:
    # Hashes that were imported are of passwords as they were typed.
    return any(_is_of(form, stored) for form in dict.fromkeys((_normalised(password), password)))


def _is_of(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def _decoy() -> str:
    """A hash that no password has; verifying it costs what verifying a real one costs."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (_HASHER.salt_len, _HASHER.hash_len)
    )
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def _lower_priority() -> None:
    """Let everything else go first. Linux only: elsewhere this would slow the whole process down."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
