#!/usr/bin/python3
"""mutate.py itself: of every mutant of the sample it is known by hand whether the sample's tests notice it."""
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SURVIVORS = {
    "fare.c:2: 12 -> 13",
    "fare.c:2: age < 12 -> age <= 12",
    "purse.hpp:16: 2.0 -> 2.2",
    "purse.hpp:16: money * 2.0 -> money / 2.0",
    "purse.cpp:4: price - money -> price + money",
}
KILLED = {
    "fare.c:2: 0 -> 1",
    "fare.c:2: 2 -> 3",
    "fare.c:2: 3 -> 4",
    "fare.c:2: 3 + distance * 2 -> 3 - distance * 2",
    "fare.c:2: age < 12 -> !(age < 12)",
    "fare.c:2: age < 12 -> age > 12",
    "fare.c:2: distance * 2 -> distance / 2",
    "purse.hpp:10: amount > money -> !(amount > money)",
    "purse.hpp:10: amount > money -> amount < money",
    "purse.hpp:10: amount > money -> amount >= money",
    "purse.hpp:10: false -> true",
    "purse.hpp:11: money -= amount -> (removed)",
    "purse.hpp:11: money -= amount -> money += amount",
    "purse.hpp:12: true -> false",
}

with tempfile.TemporaryDirectory() as work:
    command = [HERE / "mutate.py", "--root", HERE / "sample", "--work", work]
    done = subprocess.run(command)
    if done.returncode != 0:
        sys.exit(done.returncode)  # 77 where clang's syntax tree is not to be had
    results = json.loads((pathlib.Path(work) / "results.json").read_text()).values()
survivors = {what for result, _, what in results if result == "survived"}
killed = {what for result, _, what in results if result == "killed"}
assert survivors == SURVIVORS, survivors ^ SURVIVORS
assert killed == KILLED, killed ^ KILLED
unreached = {what for _, why, what in results if why == "no test reaches it"}
assert unreached == {"purse.cpp:4: price - money -> price + money"}, unreached
