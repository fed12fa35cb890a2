"""An administrator's PostgreSQL, named by DATABASE_URL."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from local.database import DatabaseError, GivenDatabase, OwnDatabase, choose_database
from local.postgres import PostgresServer


def without_query(dsn: str) -> str:
    """The DSN as a person would write it, without saying anything about TLS."""
    return urlunsplit(urlsplit(dsn)._replace(query=""))


def test_database_url_is_honoured_first(tmp_path: Path) -> None:
    """Without one, the server is our own."""
    assert isinstance(choose_database("postgresql://u@h:1/d", tmp_path), GivenDatabase)
    assert isinstance(choose_database(None, tmp_path), OwnDatabase)


async def test_tls_goes_as_far_as_the_given_server_does(postgres_server: PostgresServer) -> None:
    """verify-full when the URL says so, require when the server speaks TLS at all."""
    verified = GivenDatabase.at(postgres_server.admin_dsn)
    plain = GivenDatabase.at(without_query(postgres_server.admin_dsn))

    await verified.start()
    await plain.start()

    assert verified.settings == {"tls": "verify-full", "rootCertificates": str(postgres_server.ca_file)}
    assert plain.settings == {"tls": "require"}
    assert plain.address == (postgres_server.host, postgres_server.port)


async def test_a_wrong_password_is_said_without_showing_it(postgres_server: PostgresServer) -> None:
    """And so is a server that is not there."""
    wrong = without_query(postgres_server.admin_dsn).replace(
        urlsplit(postgres_server.admin_dsn).password or "", "nope1"
    )

    with pytest.raises(DatabaseError, match="DATABASE_URL: cannot connect") as caught:
        await GivenDatabase.at(wrong).start()
    assert "nope1" not in str(caught.value)
    with pytest.raises(DatabaseError, match="correct or unset it"):
        await GivenDatabase.at("postgresql://u:p@127.0.0.1:1/d").start()


async def test_a_user_without_rights_is_refused(postgres_server: PostgresServer) -> None:
    """It could not make the database and the role that the program asks for."""
    admin = await asyncpg.connect(postgres_server.admin_dsn)
    await admin.execute("CREATE ROLE visitor LOGIN PASSWORD 'visitor'")
    await admin.close()

    with pytest.raises(DatabaseError, match="may not make databases and roles"):
        await GivenDatabase.at(postgres_server.dsn("postgres", "visitor", "visitor")).start()
