"""Ondol's engine: load a world, run it, look at it, ask its results.

    import ondol

    world = ondol.load("hello.toml", set={"populations.firms.count": 100})
    with ondol.Run(world, seed=7, results="hello.db") as run:
        run.tick(12)
        print(run.values("firms.money").sum())
        run.to_end()
    income = ondol.query("hello.db", "SELECT date, sum(income) AS income FROM books GROUP BY tick")

Where the engine fails it raises ondol.Error with the message that the command would print; `code` is the exit code that the command
would end with. SQL that fails raises sqlite3.Error.
"""

import contextlib
import pathlib
import sqlite3

import numpy

from . import _engine
from ._engine import Error, Run, World, version

__all__ = ["Error", "Run", "World", "load", "query", "version"]
__version__ = version()

# Where the plugins that came with the module are: as installed, or as built.
_here = pathlib.Path(__file__).resolve().parent
for _plugins in (_here.parents[2] / "ondol/plugins", _here.parents[1] / "plugins"):
    if _plugins.is_dir():
        _engine.use_plugins_in(_plugins)
        break


def load(file, *, set=None, over=(), plugins=(), ticks=None):
    """Reads a world file. `set` overrides values by their paths, as --set does; `over` are files laid over the world, in order;
    `plugins` are folders that are searched first."""
    settings = [f"{path}={_written(value)}" for path, value in (set or {}).items()]
    return _engine.load(file, settings, list(over), list(plugins), ticks)


def query(results, sql, *values):
    """Asks a results file in SQL: an array for each column, by name. NULL is NaN among numbers and None among texts; `values` take
    the place of question marks. A file can be asked while its run goes on, and then has whole ticks."""
    uri = pathlib.Path(results).resolve().as_uri() + "?mode=ro"
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
        cursor = database.execute(sql, values)
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
    return {name: _column([row[i] for row in rows]) for i, name in enumerate(names)}


def _written(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def _column(values):
    types = {type(value) for value in values}
    if types == {int}:
        return numpy.array(values, dtype=numpy.int64)
    if types and types <= {int, float, type(None)}:
        return numpy.array(values, dtype=numpy.float64)
    return numpy.array(values, dtype=object)
