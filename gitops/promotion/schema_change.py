"""What a migration means for going back: can the former code work with the new schema, and is anything lost for good?

The SQL is judged statement by statement, by tables of what PostgreSQL's statements do. What no row knows is never taken
for harmless. Tables that the release itself makes are no concern of the former code, which does not know them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from gitops.previews.values import clipped

LONGEST = 80
"""Characters that are shown of a statement."""


class Effect(IntEnum):
    """How bad it is, the worst is the largest."""

    ADDS = 0
    """The former code does not notice."""
    CARE = 1
    """The former code may not work with it."""
    LOSES = 2
    """It cannot be undone: what was there is gone."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one statement does that matters.

    Args:
        effect: `CARE` or `LOSES`.
        said: in words that follow the migration's name, such as "drops column accounts.email".
    """

    effect: Effect
    said: str


@dataclass(frozen=True)
class _Row:
    pattern: re.Pattern[str]
    effect: Effect
    said: str = ""


def _row(pattern: str, effect: Effect, said: str = "") -> _Row:
    return _Row(re.compile(pattern, re.IGNORECASE), effect, said)


_NAME = r"(?:if (?:not )?exists )?(?:only )?(?P<name>[\w.]+(?: ?, ?[\w.]+)*)"
_COLUMN = r"(?:if (?:not )?exists )?(?P<name>\w+)"
_REQUIRED = r"\b(?! \w*serial\b)(?=.*\b(?:not null|primary key)\b)(?!.*\b(?:default|generated)\b)"

STATEMENTS = (
    _row(rf"drop table {_NAME}", Effect.LOSES, "drops table {name}"),
    _row(
        rf"drop (?P<kind>schema|type|domain|sequence|owned by|extension) {_NAME}",
        Effect.LOSES,
        "drops {kind} {name}",
    ),
    _row(
        rf"drop (?P<kind>view|materialized view|function|procedure|trigger) {_NAME}",
        Effect.CARE,
        "drops {kind} {name}",
    ),
    _row(rf"delete from {_NAME}", Effect.LOSES, "deletes rows of {name}"),  # noqa: S608, it finds SQL
    _row(rf"truncate (?:table )?{_NAME}", Effect.LOSES, "empties {name}"),
    _row(rf"update {_NAME}", Effect.LOSES, "changes rows of {name}"),
    _row(rf"insert into {_NAME}.* do update", Effect.LOSES, "changes rows of {name}"),
    _row(r"(?:merge|copy|with\b.*\b(?:delete from|update|merge into))\b", Effect.LOSES, "changes rows: {statement}"),
    _row(rf"create unique index .*?\bon {_NAME}", Effect.CARE, "makes values of {name} unique"),
    _row(r"create or replace (?P<kind>\w+) (?P<name>[\w.]+)", Effect.CARE, "replaces {kind} {name}"),
    _row(rf"alter type {_NAME} add value", Effect.CARE, "adds a value to type {name}"),
    _row(
        r"create (?:(?:unlogged|temporary|temp) )?(?:table|index|view|materialized view|type|domain|function|sequence"
        r"|extension|schema|statistics)\b",
        Effect.ADDS,
    ),
    _row(r"(?:comment on|grant|insert into|drop index|analyze|set|select set_config)\b", Effect.ADDS),
)
"""What a statement does, by its beginning; the first row that fits counts."""

ACTIONS = (
    _row(r"drop constraint\b", Effect.ADDS),
    _row(rf"drop (?:column )?{_COLUMN}", Effect.LOSES, "drops column {table}.{name}"),
    _row(
        rf"alter (?:column )?{_COLUMN} (?:set data )?type\b", Effect.LOSES, "changes the type of column {table}.{name}"
    ),
    _row(rf"alter (?:column )?{_COLUMN} set not null", Effect.CARE, "requires a value in column {table}.{name}"),
    _row(rf"alter (?:column )?{_COLUMN} drop not null", Effect.CARE, "allows no value in column {table}.{name}"),
    _row(rf"alter (?:column )?{_COLUMN} drop default", Effect.CARE, "takes the default from column {table}.{name}"),
    _row(rf"alter (?:column )?{_COLUMN} set (?:default|statistics|storage|compression)\b", Effect.ADDS),
    _row(r"rename constraint\b", Effect.ADDS),
    _row(r"rename to (?P<name>\w+)", Effect.CARE, "renames table {table} to {name}"),
    _row(r"rename (?:column )?(?P<name>\w+) to (?P<to>\w+)", Effect.CARE, "renames column {table}.{name} to {to}"),
    _row(r"add constraint (?P<name>\w+)", Effect.CARE, "adds constraint {name} to {table}"),
    _row(r"add (?:check|unique|primary key|foreign key|exclude)\b", Effect.CARE, "adds a constraint to {table}"),
    _row(rf"add (?:column )?{_COLUMN}{_REQUIRED}", Effect.CARE, "requires new column {table}.{name}"),
    _row(rf"add (?:column )?{_COLUMN}", Effect.ADDS),
    _row(r"(?:validate constraint|set \(|reset \(|cluster|set (?:logged|unlogged))", Effect.ADDS),
)
"""What an action of ALTER TABLE does; the first row that fits counts."""

_UNKNOWN = "does what cannot be judged here: {statement}"
_ALTER = re.compile(rf"alter table {_NAME}(?: \*)? (?P<actions>.+)", re.IGNORECASE)
_NEW_TABLE = re.compile(
    r"create (?:(?:unlogged|temporary|temp) )?table (?!if not exists )(?P<name>[\w.]+)", re.IGNORECASE
)
_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?\*/)|(?P<text>\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"""
    r"""|"(?P<name>(?:[^"]|"")*)\"""",
    re.DOTALL,
)


def findings(sql: str, made: set[str]) -> list[Finding]:
    """What the statements do that stands in the way of going back, in their order; empty when they only add.

    Args:
        sql: one migration.
        made: tables, in lower case, that earlier migrations of the release made; those of this one are added.
    """
    found: list[Finding] = []
    for statement in _statements(sql):
        found += _of_statement(statement, made)
        if new := _NEW_TABLE.match(statement):
            made.add(new["name"].lower())
    return list(dict.fromkeys(found))


def _statements(sql: str) -> Iterator[str]:
    """Without comments, and without what stands in quotes; each in a line."""
    for statement in _TOKEN.sub(_without, sql).split(";"):
        if words := " ".join(statement.split()):
            yield words


def _without(token: re.Match[str]) -> str:
    if token["comment"] is not None:
        return " "
    return "''" if token["name"] is None else re.sub(r"\W", "_", token["name"])


def _of_statement(statement: str, made: set[str]) -> Iterator[Finding]:
    altered = _ALTER.match(statement)
    if altered is None:
        yield from _judged(statement, STATEMENTS, made, table="")
    elif not _all_made(altered["name"], made):
        for action in _split(altered["actions"]):
            yield from _judged(action, ACTIONS, set(), table=altered["name"])


def _judged(text: str, rows: tuple[_Row, ...], made: set[str], *, table: str) -> Iterator[Finding]:
    for row in rows:
        match = row.pattern.match(text)
        if match is None:
            continue
        names = match.groupdict()
        if row.effect is not Effect.ADDS and not _all_made(names.get("name") or "", made):
            words = row.said.format(**names, table=table, statement=clipped(text, LONGEST))
            yield Finding(effect=row.effect, said=words)
        return
    yield Finding(effect=Effect.CARE, said=_UNKNOWN.format(statement=clipped(f"{table} {text}".strip(), LONGEST)))


def _all_made(names: str, made: set[str]) -> bool:
    """Whether all of them are tables of this release."""
    return {name.strip().lower() for name in names.split(",")} <= made


def _split(actions: str) -> Iterator[str]:
    """At the commas that stand in no parentheses."""
    depth, start = 0, 0
    for place, character in enumerate(actions):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            yield actions[start:place].strip()
            start = place + 1
    yield actions[start:].strip()
