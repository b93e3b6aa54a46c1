"""questions.py RESULTS: how long questions to a results file take, as a table in Markdown; it measures and is no test.

Asked are every query of docs/results.md, and of every view: its numbers added up by year, beside those of the plain table that it
stands on, by tick or year, or of a world's own view all its rows; and all rows of the one market, agent, kind or year that has
the most of them, of those that have less than a tenth. The least of three times counts, each with a connection of its own, as of who
asks once.
"""
import pathlib
import re
import sqlite3
import sys
import time

KEYS = ["market", "agent", "agent_id", "kind", "from_kind", "to_kind", "buyer", "seller", "from_agent", "to_agent", "year"]
# What a view stands on, and in which groups, where that is not its own table by ticks.
PLAIN = {"market_share": ("sale_year", "year"), "concentration": ("sale_year", "year, market"), "spending": ("flow_year", "year"),
         "earnings_by_year": ("earnings_data", "tick, population"), "earnings": ("earnings_data", "tick, population"),
         "installed": ("installed_data", "tick, population, good"), "price": ("market_data", "tick")}


def ask(sql, *values):
    database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
    try:
        return database.execute(sql, values).fetchall()
    finally:
        database.close()


def seconds(sql, *values):
    times = []
    for _ in range(3):
        database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
        begun = time.perf_counter()
        for _ in database.execute(sql, values):
            pass
        times.append(time.perf_counter() - begun)
        database.close()
    return min(times)


def columns(table, of_type=None):
    return [row[1] for row in ask(f'PRAGMA table_info("{table}")') if of_type is None or row[2] == of_type]


def sums(table, names, groups):
    numbers = ", ".join(["count(*)"] + [f'sum("{name}")' for name in names])
    return f'SELECT {groups}, {numbers} FROM "{table}" GROUP BY {groups}'


def busiest(view, key, rows):
    """The value of a key with most rows, of those with less than a tenth; None where there is none."""
    for value, count in ask(f'SELECT "{key}", count(*) FROM "{view}" GROUP BY 1 ORDER BY 2 DESC'):
        if value not in (None, "") and count * 10 < rows:
            return value
    return None


def questions_of_the_page():
    page = (pathlib.Path(__file__).parents[2] / "docs/results.md").read_text(encoding="utf-8")
    for question, sql in re.findall(r"\n([^\n]+)\n\n```sql\n(.*?)```", page, re.DOTALL):
        yield question, sql


print("| question | s |\n|---|---|")
for question, sql in questions_of_the_page():
    print(f"| {question} | {seconds(sql):.3f} |", flush=True)

print("\n| view | rows | added up by year, s | the plain table, s | slowest of one market, agent, kind or year, s |")
print("|---|---|---|---|---|")
for (view,) in ask("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name"):
    if view == "run":
        continue
    rows = ask(f'SELECT count(*) FROM "{view}"')[0][0]
    plain, groups = PLAIN.get(view, (view + "_data", "tick"))
    names = [name for name in columns(plain, "REAL") if name in columns(view)]
    of_plain = f"{seconds(sums(plain, names, groups)):.3f}" if columns(plain) else ""
    whole = seconds(sums(view, names, "year") if columns(plain) else f'SELECT * FROM "{view}"')
    slowest = (0, "")
    for key in KEYS:
        if rows == 0 or key not in columns(view):
            continue
        value = busiest(view, key, rows)
        if value is not None:
            slowest = max(slowest, (seconds(f'SELECT * FROM "{view}" WHERE "{key}" = ?', value), f"{key} {value}"))
    print(f"| `{view}` | {rows:,} | {whole:.3f} | {of_plain} | {slowest[0]:.3f} ({slowest[1]}) |", flush=True)
