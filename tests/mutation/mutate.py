#!/usr/bin/env python3
"""Do the tests bite? Changes one operator or constant of the code at a time and counts the changes that no test notices.

    tests/mutation/mutate.py engine                 # 200 changes of the engine and the mechanisms
    tests/mutation/mutate.py economy --count 300    # of the plugins and of the SDK's economics

Every change is tried in a copy of the tree under --work, built there, and met by the tests until the first fails. A change
that does not compile is drawn again. What survives is printed with file and line: either a test is missing, or the change
means the same, which a person has to judge (tests/mutation/survivors.md keeps those judgements). The same seed draws the
same changes of the same tree. Takes 20 to 60 s a change and worker.
"""
import argparse
import concurrent.futures
import os
import pathlib
import queue
import random
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
MECHANISMS = ["posted_offers", "logit_choice", "call_auction", "contracts"]
TARGETS = {
    "engine": ["engine/src"] + [f"plugins/{name}" for name in MECHANISMS],
    "economy": ["plugins", "sdk/include/ondol"],
}
# Of the SDK, what holds equations; the rest of it is the engine's boundary.
ECONOMICS = {"economics.hpp", "firm.hpp", "pricing.hpp", "choice.hpp"}
# What reports about a run or tries plugins out, rather than computing results, is held by other means.
LEFT_OUT = re.compile(r"engine/src/(trial|results)/|base/(profile|watchdog)|_test\.cpp$")

# clang-format puts spaces around binary operators and none into template lists, so text is enough to find them.
SWAPS = [
    (r" \+ ", [" - "]),
    (r" - ", [" + "]),
    (r" \* ", [" / "]),
    (r" / ", [" * "]),
    (r" \+= ", [" -= "]),
    (r" -= ", [" += "]),
    (r" < ", [" <= ", " > "]),
    (r" <= ", [" < "]),
    (r" > ", [" >= ", " < "]),
    (r" >= ", [" > "]),
    (r" == ", [" != "]),
    (r" != ", [" == "]),
    (r" && ", [" || "]),
    (r" \|\| ", [" && "]),
    (r"\bstd::min\b", ["std::max"]),
    (r"\bstd::max\b", ["std::min"]),
    (r"\btrue\b", ["false"]),
    (r"\bfalse\b", ["true"]),
    (r"(?<![\w.\"'])0(?![\w.\"'])", ["1"]),
    (r"(?<![\w.\"'])1(?![\w.\"'])", ["0", "2"]),
    (r"(?<![\w.\"'])\d+\.\d+(?![\w.\"'])", ["TENTH_MORE"]),
]
SKIPPED_LINE = re.compile(
    r"^\s*(//|\*|/\*|#|template|static_assert|using |namespace |case |class |struct |enum )|throw |fmt::format|\.doc\("
    r"|\.range\(|\.initial\(|static constexpr std::array|__builtin_expect"
)


class Change:
    def __init__(self, path, line, start, end, text):
        self.path, self.line, self.start, self.end, self.text = path, line, start, end, text

    def apply(self, tree):
        file = tree / self.path
        lines = file.read_text().splitlines(keepends=True)
        old = lines[self.line]
        lines[self.line] = old[: self.start] + self.text + old[self.end :]
        file.write_text("".join(lines))

    def __str__(self):
        old = (ROOT / self.path).read_text().splitlines()[self.line]
        new = old[: self.start] + self.text + old[self.end :]
        return f"{self.path}:{self.line + 1}\n    - {old.strip()}\n    + {new.strip()}"


def sources(target):
    tracked = subprocess.run(["git", "ls-files", *TARGETS[target]], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in tracked.stdout.split():
        path = pathlib.Path(name)
        if path.suffix not in {".cpp", ".hpp", ".c", ".h"} or LEFT_OUT.search(name):
            continue
        if name.startswith("sdk/") and path.name not in ECONOMICS:
            continue
        if target == "economy" and name.startswith("plugins/") and path.parts[1] in MECHANISMS:
            continue
        yield path


def code_of(line):
    """The part of a line before a comment, with what stands in quotes blanked out, so that places stay the same."""
    line = re.sub(r'"(\\.|[^"\\])*"', lambda match: '"' + "_" * (len(match.group()) - 2) + '"', line)
    comment = line.find("//")
    return line if comment < 0 else line[:comment]


def changes_in(path):
    in_comment = False
    for number, line in enumerate((ROOT / path).read_text().splitlines()):
        if in_comment or line.lstrip().startswith("/*"):
            in_comment = "*/" not in line
            continue
        if SKIPPED_LINE.search(line):
            continue
        code = code_of(line)
        for pattern, replacements in SWAPS:
            for match in re.finditer(pattern, code):
                for text in replacements:
                    if text == "TENTH_MORE":
                        text = repr(float(match.group()) * 1.1)
                    yield Change(path, number, match.start(), match.end(), text)


class Tree:
    """A copy of the tree in which one worker tries changes, one after the other."""

    def __init__(self, work, number):
        self.path = work / f"tree{number}"
        self.build = self.path / "build" / "mutation"
        self.path.mkdir(parents=True)
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", str(self.path)], input=archive, check=True)
        self.run(["cmake", "-S", ".", "-B", str(self.build), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"], 600)
        self.run(["cmake", "--build", str(self.build), "-j2"], 3600)
        if not self.passes():
            sys.exit("the tests fail without any change")

    def run(self, command, seconds):
        done = subprocess.run(command, cwd=self.path, capture_output=True, text=True, timeout=seconds)
        if done.returncode != 0:
            raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])

    def passes(self):
        left_out = "^(package|ondol_package|ondol_layout)"
        command = ["ctest", "--test-dir", str(self.build), "--stop-on-failure", "--timeout", "120", "-E", left_out]
        try:
            return subprocess.run(command, cwd=self.path, capture_output=True, timeout=600).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def attempt(self, change):
        original = (self.path / change.path).read_text()
        change.apply(self.path)
        try:
            try:
                self.run(["cmake", "--build", str(self.build), "-j1"], 1200)
            except (RuntimeError, subprocess.TimeoutExpired):
                return "does not compile"
            return "survived" if self.passes() else "killed"
        finally:
            (self.path / change.path).write_text(original)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--count", type=int, default=200, help="changes that compile")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "mutation")
    parser.add_argument("--list", action="store_true", help="prints the changes that would be tried first")
    parser.add_argument("--at-least", type=float, default=0, metavar="PERCENT", help="fails where fewer are killed")
    arguments = parser.parse_args()
    changes = [change for path in sources(arguments.target) for change in changes_in(path)]
    random.Random(arguments.seed).shuffle(changes)
    if arguments.list:
        print(f"{len(changes)} possible changes")
        for change in changes[: arguments.count]:
            print(change)
        return
    if arguments.work.exists():
        shutil.rmtree(arguments.work)
    trees = [Tree(arguments.work, number) for number in range(arguments.workers)]
    results = {"killed": 0, "survived": 0, "does not compile": 0}
    survivors = []
    waiting = queue.SimpleQueue()
    for change in changes:
        waiting.put(change)

    def work(tree):
        while results["killed"] + results["survived"] < arguments.count and not waiting.empty():
            change = waiting.get()
            result = tree.attempt(change)
            results[result] += 1
            if result == "survived":
                survivors.append(change)
            print(f"{result}: {change}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(arguments.workers) as pool:
        list(pool.map(work, trees))
    tried = results["killed"] + results["survived"]
    print(f"\n{tried} changes, {results['killed']} killed ({100 * results['killed'] / tried:.1f} %), "
          f"{results['does not compile']} did not compile. Survivors:")
    for change in sorted(survivors, key=lambda one: (str(one.path), one.line)):
        print(change)
    if 100 * results["killed"] / tried < arguments.at_least:
        sys.exit(1)


if __name__ == "__main__":
    main()
