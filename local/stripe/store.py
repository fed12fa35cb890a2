"""All objects, in memory and on disk.

Memory answers, the disk only survives: every transaction is written before its answer goes out, so `kill -9` loses
nothing that was answered. (It is not synced: a power cut may take the last moments.) Objects are replaced, never
changed in place, so whoever holds one holds a snapshot.
"""

import bisect
import heapq
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.stripe.errors import Object

# The members by which objects are found without looking at all of them.
_INDEXED = {
    "customer": ("email",),
    "payment_method": ("customer",),
    "setup_intent": ("customer",),
    "payment_intent": ("customer",),
    "charge": ("customer", "payment_intent"),
    "price": ("product", "lookup_key"),
    "subscription": ("customer",),
    "invoice": ("customer", "_subscription"),
    "invoice_payment": ("invoice", "_intent"),
    "event": ("type", "_delivered"),
    "delivery": ("event", "_open", "customer"),
}
_Place = tuple[str, str, Any]


class StateTakenError(Exception):
    """Another process uses the file, or it is not one of ours; the message names it."""


class Store:
    """Objects by id, and by what `_INDEXED` names, in the order in which they were made.

    Args:
        path: the SQLite file, made with mode 0600; None keeps everything in memory.

    Raises:
        StateTakenError: the file cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        self.objects: dict[str, Object] = {}
        self._sequence: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._next = 1
        self._indexes: dict[_Place, list[int]] = {}
        self._before: dict[str, Object | None] = {}  # what the open transaction has replaced
        self._due: list[tuple[int, int, str]] = []
        self._disk = _open(path) if path else None
        if self._disk:
            for sequence, body in self._disk.execute("SELECT sequence, body FROM objects ORDER BY sequence"):
                stored = json.loads(body)
                self._next = sequence
                self.put(stored)
            self._before.clear()

    def put(self, stored: Object) -> Object:
        """Add an object, or replace the one of its id; it is undone or kept by what ends the transaction."""
        identifier = stored["id"]
        old = self.objects.get(identifier)
        self._before.setdefault(identifier, old)
        if old is None:
            self._sequence[identifier], self._ids[self._next] = self._next, identifier
            self._next += 1
        sequence, was, now = self._sequence[identifier], _places(old), _places(stored)
        for place in was - now:
            self._drop(place, sequence)
        for place in now - was:
            bisect.insort(self._indexes.setdefault(place, []), sequence)
        self.objects[identifier] = stored
        if stored.get("_due") is not None:
            heapq.heappush(self._due, (stored["_due"], sequence, identifier))
        return stored

    def remove(self, identifier: str) -> None:
        """Forget an object; KeyError when there is none."""
        old = self.objects.pop(identifier)
        self._before.setdefault(identifier, old)
        sequence = self._sequence.pop(identifier)
        del self._ids[sequence]
        for place in _places(old):
            self._drop(place, sequence)

    def commit(self) -> None:
        """End the transaction: all of it is on disk."""
        if self._disk and self._before:
            kept = [name for name in self._before if name in self.objects]
            rows = [(name, self._sequence[name], json.dumps(self.objects[name])) for name in kept]
            with self._disk:
                self._disk.executemany("REPLACE INTO objects (id, sequence, body) VALUES (?, ?, ?)", rows)
                gone = [(name,) for name in self._before if name not in self.objects]
                self._disk.executemany("DELETE FROM objects WHERE id = ?", gone)
        self._before.clear()

    def rollback(self) -> None:
        """End the transaction: nothing of it has happened."""
        for identifier, old in list(self._before.items()):
            if old is not None:
                self.put(old)
            elif identifier in self.objects:
                self.remove(identifier)
        self._before.clear()

    def close(self) -> None:
        """Let go of the file; what an open transaction holds is lost."""
        if self._disk:
            self._disk.close()

    @property
    def changed(self) -> bool:
        """Whether a transaction is open that has changed something."""
        return bool(self._before)

    def count(self, kind: str, member: str = "", value: Any = None) -> int:
        """How many objects there are of a kind, or of those with an indexed member of that value."""
        return len(self._indexes.get((kind, member, value), ()))

    def newest(self, kind: str, member: str = "", value: Any = None, **bounds: Any) -> Iterator[Object]:
        """Objects of a kind, or those with an indexed member of that value, newest first.

        Args:
            kind: the `object` of the objects.
            member: one that `_INDEXED` names; empty for all.
            value: what that member is.
            bounds: `created`: as `parameters.TIMES` reads it; `before_id`: only older ones than this object.
        """
        index = self._indexes.get((kind, member, value), [])
        created = bounds.get("created") or {}
        start, end = 0, len(index)
        if "from" in created:
            start = bisect.bisect_left(index, created["from"], key=self._created)
        if "before" in created:
            end = bisect.bisect_left(index, created["before"], key=self._created)
        if "before_id" in bounds:
            end = min(end, bisect.bisect_left(index, self._sequence[bounds["before_id"]]))
        for position in range(end - 1, start - 1, -1):
            yield self.objects[self._ids[index[position]]]

    def position(self, identifier: str) -> int:
        """Return a number that grows from object to object in the order in which they were made."""
        return self._sequence[identifier]

    def next_due(self) -> tuple[int, Object] | None:
        """Say what happens next by itself, and when; None when nothing will."""
        while self._due:
            due, _, identifier = self._due[0]
            stored = self.objects.get(identifier)
            if stored and stored.get("_due") == due:
                return due, stored
            heapq.heappop(self._due)
        return None

    def _drop(self, place: _Place, sequence: int) -> None:
        index = self._indexes[place]
        del index[bisect.bisect_left(index, sequence)]

    def _created(self, sequence: int) -> int:
        return self.objects[self._ids[sequence]]["created"]


def _places(stored: Object | None) -> set[_Place]:
    if stored is None:
        return set()
    kind = stored["object"]
    members = _INDEXED.get(kind, ())
    return {(kind, "", None)} | {(kind, member, stored.get(member)) for member in members}


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite's further files take over its mode
        disk = sqlite3.connect(path, timeout=0.2)
        disk.execute("PRAGMA locking_mode = EXCLUSIVE")
        disk.execute("PRAGMA journal_mode = WAL")
        disk.execute("PRAGMA synchronous = OFF")
        with disk:
            disk.execute("CREATE TABLE IF NOT EXISTS objects (id TEXT PRIMARY KEY, sequence INTEGER, body TEXT)")
    except (OSError, sqlite3.Error) as error:
        raise StateTakenError(
            f"cannot keep state in {path}: {error}; stop what uses it, or name another file"
        ) from error
    return disk
