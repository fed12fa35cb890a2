"""What a migration means for the way back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.promotion.schema_change import Effect, findings
from render.configuration import ROOT

HARMLESS = [
    "CREATE TABLE a (id int PRIMARY KEY, b text NOT NULL)",
    "CREATE UNLOGGED TABLE a (b int)",
    "CREATE INDEX CONCURRENTLY i ON accounts (email)",
    "ALTER TABLE accounts ADD COLUMN a text",
    "ALTER TABLE accounts ADD a text NOT NULL DEFAULT 'drop table x; delete from y'",
    "ALTER TABLE accounts ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY NOT NULL",
    "ALTER TABLE accounts ADD a bigserial NOT NULL, ADD b int CHECK (b IN (1, 2))",
    "ALTER TABLE accounts DROP CONSTRAINT c",
    "ALTER TABLE accounts ALTER a SET DEFAULT 1",
    "ALTER TABLE accounts RENAME CONSTRAINT a TO b",
    "-- DROP TABLE accounts;\nCREATE TABLE a (b int)",
    "/* DROP TABLE accounts; */ DROP INDEX i",
    "COMMENT ON TABLE accounts IS 'it''s; DROP TABLE accounts'",
    "INSERT INTO schedules VALUES ($$ truncate accounts; $$, E'\\'; drop table x')",
    "CREATE TABLE a (b int); INSERT INTO a VALUES (1); UPDATE a SET b = 2; ALTER TABLE a ALTER b SET NOT NULL",
    "CREATE TABLE a (b int); CREATE UNIQUE INDEX i ON a (b); DROP TABLE a",
    " ; ;; ",
]
"""The former code goes on with these."""
CARE = {
    "ALTER TABLE accounts RENAME COLUMN email TO address": "renames column accounts.email to address",
    "alter table only accounts rename email to address": "renames column accounts.email to address",
    "ALTER TABLE accounts RENAME TO people": "renames table accounts to people",
    'ALTER TABLE "accounts" ALTER COLUMN "email" SET NOT NULL': "requires a value in column accounts.email",
    "ALTER TABLE accounts ALTER a DROP NOT NULL": "allows no value in column accounts.a",
    "ALTER TABLE accounts ALTER a DROP DEFAULT": "takes the default from column accounts.a",
    "ALTER TABLE accounts ADD COLUMN IF NOT EXISTS a text NOT NULL": "requires new column accounts.a",
    "ALTER TABLE accounts ADD CONSTRAINT c CHECK (a > 0) NOT VALID": "adds constraint c to accounts",
    "ALTER TABLE accounts ADD UNIQUE (email)": "adds a constraint to accounts",
    "CREATE UNIQUE INDEX i ON accounts (lower(email))": "makes values of accounts unique",
    "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS $x$ SELECT 1; $x$": "replaces FUNCTION f",
    "ALTER TYPE mood ADD VALUE 'well'": "adds a value to type mood",
    "DROP VIEW v": "drops VIEW v",
    "DO $$ BEGIN DROP TABLE accounts; END $$": "does what cannot be judged here: DO ''",
    "ALTER TABLE accounts DISABLE TRIGGER ALL": "does what cannot be judged here: accounts DISABLE TRIGGER ALL",
    "REVOKE ALL ON accounts FROM app": "does what cannot be judged here: REVOKE ALL ON accounts FROM app",
}
"""The former code may not work with these."""
LOSES = {
    "DROP TABLE accounts": "drops table accounts",
    "drop table if exists accounts, sessions cascade": "drops table accounts, sessions",
    "ALTER TABLE accounts ADD a int, DROP COLUMN IF EXISTS card_brand": "drops column accounts.card_brand",
    "ALTER TABLE accounts DROP card_brand": "drops column accounts.card_brand",
    "ALTER TABLE accounts ALTER a TYPE int USING (a::int)": "changes the type of column accounts.a",
    "ALTER TABLE accounts ALTER COLUMN a SET DATA TYPE int": "changes the type of column accounts.a",
    "DELETE FROM accounts WHERE false": "deletes rows of accounts",
    "TRUNCATE accounts": "empties accounts",
    "UPDATE accounts SET a = 1": "changes rows of accounts",
    "INSERT INTO a VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2": "changes rows of a",
    "WITH a AS (DELETE FROM b RETURNING *) SELECT 1": "changes rows: WITH a AS (DELETE FROM b RETURNING *) SELECT 1",
    "CREATE TABLE a (b int); DROP TABLE a, accounts": "drops table a, accounts",
    "CREATE TABLE IF NOT EXISTS accounts (b int); DROP TABLE accounts": "drops table accounts",
    "/* /* */ DROP TABLE accounts; */": "drops table accounts",
}
"""These cannot be undone."""


@pytest.mark.parametrize("sql", HARMLESS)
def test_what_only_adds_is_harmless(sql: str) -> None:
    """Also what stands in comments and texts, and what concerns tables that the release itself made."""
    assert findings(sql, set()) == []


@pytest.mark.parametrize(
    ("sql", "effect", "said"),
    [
        *((sql, Effect.CARE, said) for sql, said in CARE.items()),
        *((sql, Effect.LOSES, said) for sql, said in LOSES.items()),
    ],
)
def test_what_stands_in_the_way_of_going_back_is_told(sql: str, effect: Effect, said: str) -> None:
    """In words, and how bad it is; what cannot be judged is never harmless."""
    assert (effect, said) in [(one.effect, one.said) for one in findings(sql, set())]


def test_tables_of_earlier_migrations_of_the_release_are_new_too() -> None:
    """The former code knows none of them."""
    made: set[str] = set()

    assert findings("CREATE TABLE Invoices (id int);", made) == []
    assert findings("ALTER TABLE invoices DROP COLUMN id;", made) == []


def test_our_own_migrations_can_be_judged() -> None:
    """Each of them: nothing in them is unknown, and from nothing to all of them nothing is lost."""
    made: set[str] = set()
    for path in sorted((ROOT / "api" / "migrations").glob("*.sql")):
        assert findings(path.read_text(), made) == []


@settings(deadline=None)
@given(st.text(st.sampled_from("drop table;'\"$-/*()\n")), st.sampled_from(sorted(LOSES)))
def test_whatever_stands_before_a_loss_does_not_hide_it(text: str, sql: str) -> None:
    """Unless it opens a text or a comment, which is what PostgreSQL would make of it, too."""
    if any(opening in text for opening in ("'", '"', "$", "--", "/*")):
        findings(f"{text};{sql};", set())  # whatever it is, it can be read
        return

    assert any(one.effect is Effect.LOSES for one in findings(f"{text};{sql};", set()))
