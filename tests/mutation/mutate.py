#!/usr/bin/python3
"""Do the tests bite? Changes one operator, constant, condition or statement at a time and counts what no test notices.

    tests/mutation/mutate.py                # 200 mutants of engine and mechanisms, 300 of the rest that computes
    tests/mutation/mutate.py economy        # one of them
    tests/mutation/mutate.py --again        # those that survived the last time, against the tests as they are now

All are compiled at once, in a copy of the tree, and chosen by the environment as the tests run (mutants.h). Each
meets only the tests that reach it, the quickest first, until one fails or takes too long. The same seed draws the same
mutants of the same code. README.md says how often it was run, and judges what survived.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import subprocess
import sys

try:
    from mutants import Finder, written
except ImportError:
    print("the Debian package python3-clang is not installed")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
MECHANISMS = "bertrand|call_auction|contracts|double_auction|logit_choice|merit_order|posted_offers|random_exchange"
IS_MECHANISM = rf"plugins/({MECHANISMS})/"
# Each with the files it is about, how many mutants are tried, and the least percentage to be killed.
TARGETS = {
    # What reports about a run or tries plugins out, rather than computing results, is held by other means.
    "engine": (rf"engine/src/(?!trial|results|report|base/(profile|watchdog|process_state))|{IS_MECHANISM}", 200, 90),
    # Of the SDK, what holds equations; the rest of it is the engine's boundary.
    "economy": (rf"(?!{IS_MECHANISM})plugins/|sdk/include/ondol/(budget|choice|economics|firm|pricing)\.hpp", 300, 80),
}
# These ask for the tree itself, or take too long.
TESTS_LEFT_OUT = r"^(package|ondol_package|ondol_layout|ondol_faults|ondol_korea|korea|kills|mutation)|\.long$"
FLAGS = "-w -Wno-narrowing"  # text that was constant is none any more
MEMORY = 8 << 30


class Tree:
    """The copy in which all mutants are built."""

    def __init__(self, root, work):
        self.root, self.work = root, work
        self.path, self.build = work / "tree", work / "build"
        work.mkdir(parents=True, exist_ok=True)
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "."]
        listed = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
        self.files = [name for name in listed.split("\0") if name and (root / name).is_file()]

    def copy(self, texts):
        """The tree's files, some with other texts; what is there already keeps its age, and is not built anew."""
        for name in self.files:
            text = texts.get(name) or (self.root / name).read_bytes()
            to = self.path / name
            if to.is_file() and to.read_bytes() == text:
                continue
            to.parent.mkdir(parents=True, exist_ok=True)
            to.write_bytes(text)
            to.chmod((self.root / name).stat().st_mode)

    def configure(self):
        library = self.work / "libmutants.so"
        subprocess.run(["cc", "-O1", "-fPIC", "-shared", HERE / "mutants.c", "-o", library], check=True)
        links = f"-L{self.work} -lmutants -Wl,-rpath,{self.work}"
        command = ["cmake", "-S", self.path, "-B", self.build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release"]
        command += ["-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "--no-warn-unused-cli"]
        for language in ("C", "CXX"):
            command += [f"-DCMAKE_{language}_FLAGS={FLAGS}", f"-DCMAKE_{language}_FLAGS_RELEASE=-O1 -DNDEBUG"]
            command += [f"-DCMAKE_{language}_STANDARD_LIBRARIES={links}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def make(self):
        """What the compiler says, or nothing where all is built."""
        done = subprocess.run(["cmake", "--build", self.build, "-j1", "--", "-k", "0"], capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stdout + done.stderr


def found_mutants(tree, pattern):
    """Every mutant of the files whose names match, by clang's view of all that includes them."""
    code = re.compile(rf"(?={pattern}).*(?<!_test)\.(c|cpp|h|hpp)$")
    finder = Finder(tree.root, [name for name in tree.files if code.match(name)])
    tree.copy({})
    tree.configure()
    commands = json.loads((tree.build / "compile_commands.json").read_text())
    for one in commands:
        source = pathlib.Path(one["file"])
        if not source.is_relative_to(tree.path) or str(source.relative_to(tree.path)) not in finder.texts:
            continue
        words = one["command"].replace(str(tree.path), str(tree.root)).split()
        flags = [word for word in words if re.match(r"-(I|D|std=)", word)]
        for at, word in enumerate(words):
            if word == "-isystem":
                flags += words[at : at + 2]
        finder.parse(tree.root / source.relative_to(tree.path), flags)
    return finder


def build_mutants(tree, finder, mutants):
    """Builds all that compile. A line that the compiler refuses loses its mutants."""
    refused_file = tree.work / "refused.json"
    refused = set(json.loads(refused_file.read_text())) if refused_file.exists() else set()
    while True:
        by_path = collections.defaultdict(list)
        for number, mutant in enumerate(mutants):
            if mutant.key() not in refused:
                by_path[mutant.path].append((number, mutant))
        tree.copy({path: written(finder.texts[path], numbered) for path, numbered in by_path.items()})
        said = tree.make()
        if not said:
            return [number for numbered in by_path.values() for number, _ in numbered]
        here = re.escape(str(tree.path))
        telling = "\n".join(line for line in said.splitlines() if re.search("error|required|expansion", line))
        lines = {(path, int(line)) for path, line in re.findall(rf"{here}/(\S+?):(\d+)", telling)}
        guilty = {mutant.key() for path, line in lines for _, mutant in by_path.get(path, [])
                  if line in mutant.lines(finder.texts[path])}
        if not guilty:  # then all mutants of the files that do not compile
            failed = set(re.findall(rf"{here}/(\S+?\.(?:cpp|hpp|c|h))\b", said))
            guilty = {mutant.key() for path in failed for _, mutant in by_path.get(path, [])}
        if not guilty:
            sys.exit("the copy does not build:\n" + said[-6000:])
        refused |= guilty
        refused_file.write_text(json.dumps(sorted(refused)))
        print(f"{len(guilty)} mutants on lines that do not compile are left out", flush=True)


def limits(seconds):
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def used():
    """The processor's time of all children: what else the machine does makes no test slow."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def without_network():
    command = ["unshare", "--map-root-user", "--net"]
    alone = shutil.which("unshare") and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if alone else []


class Case:
    """A test as ctest knows it; several of one GoogleTest program can be run at once."""

    def __init__(self, listed):
        self.name, self.command = listed["name"], listed["command"]
        properties = {one["name"]: one["value"] for one in listed.get("properties", [])}
        self.folder = properties.get("WORKING_DIRECTORY", ".")
        self.environment = dict(one.split("=", 1) for one in properties.get("ENVIRONMENT", []))
        self.filter = next((word.split("=", 1)[1] for word in self.command if word.startswith("--gtest_filter=")), None)
        self.seconds, self.reaches, self.alone = 0.0, frozenset(), self.filter is None


def run(cases, seconds, prefix, **environment):
    """None where the cases pass in so much of the processor's time, else which failed, or how."""
    seconds = int(seconds) + 5
    command = [word for word in cases[0].command if not word.startswith("--gtest_filter=")]
    if cases[0].filter:
        command += ["--gtest_filter=" + ":".join(case.filter for case in cases), "--gtest_fail_fast"]
    child = subprocess.Popen([*prefix, *command], cwd=cases[0].folder, preexec_fn=lambda: limits(seconds),
                             env=os.environ | cases[0].environment | environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said, _ = child.communicate(timeout=20 * seconds)
    except subprocess.TimeoutExpired:
        return "takes too long: " + cases[0].name
    finally:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        child.wait()
    if child.returncode == 0:
        return None
    failed = re.search(rb"\[  FAILED  \] (\S+)", said)
    return failed[1].decode().rstrip(",") if failed else f"ends with {child.returncode}: {cases[0].name}"


def cases_of(tree, slowest, prefix, count):
    """The tests that pass with no mutant, with their time and what they reach; kept for runs of the same build."""
    command = ["ctest", "--test-dir", tree.build, "--show-only=json-v1"]
    listed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["tests"]
    cases = [Case(one) for one in listed if "command" in one and not re.search(TESTS_LEFT_OUT, one["name"])]
    programs = [*tree.build.rglob("*.so"), *(case.command[0] for case in cases)]
    built = max(os.stat(program).st_mtime for program in programs)
    known_file, touched = tree.work / "reached.json", tree.work / "touched"
    known = json.loads(known_file.read_text()) if known_file.exists() else {}
    if known.get("built") != built:
        known = {"built": built}
    good = []
    for case in cases:
        if case.name not in known:
            touched.write_bytes(bytes(count))
            begin = used()
            failed = run([case], slowest, prefix, ONDOL_TOUCHED=str(touched))
            reached = [number for number, byte in enumerate(touched.read_bytes()) if byte]
            known[case.name] = {"failed": failed, "seconds": used() - begin, "reached": reached}
            known_file.write_text(json.dumps(known))
        one = known[case.name]
        if one["failed"]:
            print(f"left out, since it fails without a mutant: {case.name}: {one['failed']}", flush=True)
        elif one["seconds"] <= slowest:
            case.seconds, case.reaches = one["seconds"], frozenset(one["reached"])
            good.append(case)
    for batch in batches(good):
        if len(batch) > 1 and run(batch, 5 * sum(case.seconds for case in batch), prefix):
            for case in batch:
                case.alone = True
    print(f"{len(good)} of {len(cases)} tests are used", flush=True)
    return good


def batches(cases):
    """Quick cases of one program together, the quickest first; slow ones alone."""
    groups = collections.defaultdict(list)
    for case in cases:
        together = not case.alone and case.seconds < 0.5
        groups[(case.command[0], str(case.environment)) if together else case.name].append(case)
    return sorted(groups.values(), key=lambda group: sum(case.seconds for case in group))


def fate(number, cases, prefix):
    reaching = [case for case in cases if number in case.reaches]
    if not reaching:
        return "survived", "no test reaches it"
    for batch in batches(reaching):
        failed = run(batch, 5 * sum(case.seconds for case in batch), prefix, ONDOL_MUTANT=str(number))
        if failed:
            return "killed", failed
    return "survived", f"{len(reaching)} tests reach it"


def draw(targets, found, seed):
    """For each target its mutants in the order to be tried in. Some will not compile, so more are drawn."""
    drawn = {}
    for name, (pattern, count, _) in targets.items():
        mutants = sorted((one for one in found if re.match(pattern, one.path)), key=lambda one: one.key())
        random.Random(seed).shuffle(mutants)
        print(f"{name}: {len(mutants)} mutants can be made", flush=True)
        drawn[name] = mutants[: count * 5 // 4]
    return drawn


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="target", help=f"of {', '.join(TARGETS)}; otherwise all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slowest", type=float, default=3, metavar="SECONDS", help="longer tests are left out")
    parser.add_argument("--again", action="store_true", help="only those that survived the last time")
    parser.add_argument("--root", type=pathlib.Path, help="another CMake project with tests, to try all of its mutants")
    parser.add_argument("--work", type=pathlib.Path, help="where the copy and its build are kept")
    options = parser.parse_args()
    root = (options.root or HERE.parents[1]).resolve()
    targets = {"all": ("", 10**6, 0)} if options.root else {name: TARGETS[name] for name in options.targets or TARGETS}
    tree = Tree(root, (options.work or root / "build" / "mutation").resolve())
    finder = found_mutants(tree, "|".join(pattern for pattern, _, _ in targets.values()))
    drawn = draw(targets, finder.found, options.seed)
    mutants = [mutant for of_target in drawn.values() for mutant in of_target]
    built = set(build_mutants(tree, finder, mutants))
    prefix = without_network()
    cases = cases_of(tree, options.slowest, prefix, len(mutants))
    results_file = tree.work / "results.json"
    before = json.loads(results_file.read_text()) if options.again else {}
    results, enough = {}, True
    for name, (_, count, least) in targets.items():
        own = set(drawn[name])
        numbers = [number for number, mutant in enumerate(mutants) if number in built and mutant in own][:count]
        for number in numbers:
            key = mutants[number].key()
            if options.again and before.get(key, ["survived"])[0] == "killed":
                results[key] = before[key]
                continue
            results[key] = [*fate(number, cases, prefix), mutants[number].described(finder.texts[mutants[number].path])]
            print(" | ".join(results[key]), flush=True)
            results_file.write_text(json.dumps(before | results, indent=1))
        enough = summarise(name, [results[mutants[number].key()] for number in numbers], least) and enough
    sys.exit(not enough)


def summarise(name, results, least):
    survivors = sorted((what, why) for result, why, what in results if result == "survived")
    killed = 100 * (1 - len(survivors) / len(results))
    print(f"\n{name}: {len(results)} mutants, {len(results) - len(survivors)} killed ({killed:.1f} %). Survivors:")
    for what, why in survivors:
        print(f"{what}  ({why})")
    print(flush=True)
    return killed >= least


if __name__ == "__main__":
    main()
