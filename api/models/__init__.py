"""The tables, one module each: rows as dataclasses, and functions that take the connection first.

A function is one statement. Who needs several of them in one transaction opens it.
"""

from typing import TypeAlias

import asyncpg
import asyncpg.pool

Connection: TypeAlias = "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy"
