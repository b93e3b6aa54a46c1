#!/usr/bin/env python3
"""Kills runs at random moments, resumes them, and compares what they end with with a run that nobody disturbed.

Each kill (SIGKILL) falls anywhere from before the results file is there to after the run has ended; every third
resumed run is killed once more. Afterwards the file must open, hold whole ticks, and have lost none beyond its last
checkpoint; resumed, its fingerprint and every table must be those of the undisturbed run. Prints what it did, and ends
with status 1 where something differs.
"""

import argparse
import collections
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

# World, ticks, ticks from one checkpoint to the next.
WORLDS = [("korea/korea-small.toml", 30, 3), ("lengnick.toml", 400, 25), ("hello.toml", 400, 10)]
CLOCKS = {"process", "host", "started", "heartbeat", "seconds"}  # columns that no two runs share


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ondol", required=True, type=pathlib.Path, help="the command")
    parser.add_argument("--worlds", required=True, type=pathlib.Path, help="the folder of the shipped worlds")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    return parser.parse_args()


def opened(path):
    return sqlite3.connect(path)


def tables_of(path):
    """Rows by table, as far as two runs of one world can share them."""
    with opened(path) as database:
        names = [name for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            "AND name NOT LIKE 'checkpoint%' ORDER BY name")]
        tables = {}
        for name in names:
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{name}")') if row[1] not in CLOCKS]
            listed = ", ".join(f'"{column}"' for column in columns)
            tables[name] = database.execute(f'SELECT rowid, {listed} FROM "{name}" ORDER BY rowid').fetchall()
        return tables


class Trial:
    def __init__(self, ondol, worlds, folder, world, ticks, every):
        self.ondol = ondol
        self.results = folder / "killed.db"
        self.part = folder / "killed.db.part"
        self.every = every
        self.begin = [ondol, "run", worlds / world, "-q", "--ticks", str(ticks), "--checkpoint", str(every)]
        whole = folder / "whole.db"
        before = time.monotonic()
        subprocess.run([*self.begin, "-o", whole], check=True)
        self.duration = time.monotonic() - before
        self.expected = tables_of(whole)

    def killed(self, command, moment):
        """Whether the command was still there to be killed."""
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
        return process.returncode == -signal.SIGKILL

    def faults_of_file(self):
        """What is wrong with what a kill left."""
        with opened(self.results) as database:
            (integrity,) = database.execute("PRAGMA integrity_check").fetchone()
            ticks, recorded = database.execute("SELECT ticks, (SELECT COUNT(*) FROM tick_list) FROM run").fetchone()
            (kept,) = database.execute("SELECT MAX(tick) FROM checkpoint").fetchone()
        if integrity != "ok":
            yield f"is damaged: {integrity}"
        if ticks != recorded:
            yield f"says {ticks} ticks and holds {recorded}"
        if kept is None or not ticks - self.every < kept <= ticks:
            yield f"has {ticks} ticks and a checkpoint of {kept}, one every {self.every}"

    def resume(self, moment=None):
        command = [self.ondol, "resume", self.results, "-q"]
        if moment is not None and self.killed(command, moment):
            yield from self.faults_of_file()
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0 and "its run is complete" not in done.stderr:
            yield f"does not go on: {done.stderr.strip()}"

    def once(self, moments, again):
        """(where the kill fell, what is wrong)"""
        for path in self.results.parent.glob("killed.db*"):
            path.unlink()
        killed = self.killed([*self.begin, "-o", self.results], moments.uniform(0, 1.1) * self.duration)
        faults = []
        if not killed:
            where = "after the end"
        elif self.results.exists():
            where = "under way"
        elif self.part.exists():
            where = "in the making"
        else:
            where = "before the file"
        if self.results.exists():
            faults += self.faults_of_file()
            faults += self.resume(moments.uniform(0, 1) * self.duration if again else None)
        else:
            # Nothing of it stands in the way of the next.
            subprocess.run([*self.begin, "-o", self.results], check=True)
        found = tables_of(self.results)
        faults += [f"differs in table {name}" for name in self.expected if found.get(name) != self.expected[name]]
        return where, faults


def main():
    asked = arguments()
    moments = random.Random(asked.seed)
    fell, faults = collections.Counter(), 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (world, ticks, every) in enumerate(WORLDS):
            home = pathlib.Path(folder) / str(number)
            home.mkdir()
            trial = Trial(asked.ondol, asked.worlds, home, world, ticks, every)
            for kill in range(number, asked.kills, len(WORLDS)):
                where, wrong = trial.once(moments, again=kill % 3 == 0)
                fell[where] += 1
                faults += len(wrong)
                for fault in wrong:
                    print(f"{world}, kill {kill}, {where}: {fault}", flush=True)
    print(f"{fell.total()} kills: " + ", ".join(f"{count} {where}" for where, count in sorted(fell.items())) +
          f"; {faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
