"""The Python module over the engine: what it runs is what the command runs, and what it shows is what the results hold."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest

try:
    import numpy
except ImportError:
    print("python3-numpy is not installed")
    sys.exit(77)

import ondol

worlds = pathlib.Path(__file__).parents[2] / "worlds"


class Module(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.results = self.folder / "results.db"

    def test_a_run_is_the_one_of_the_command_on_any_number_of_threads(self):
        said = subprocess.run(
            [os.environ["ONDOL"], "run", worlds / "hello.toml", "--ticks", "5", "--set", "populations.firms.count=40", "--seed", "7",
             "--no-results"], check=True, capture_output=True, text=True).stdout
        world = ondol.load(worlds / "hello.toml", set={"populations.firms.count": 40}, ticks=5)
        for threads in (1, 2, 3, 8):
            run = ondol.Run(world, seed=7, threads=threads)
            run.to_end()
            self.assertIn(f"fingerprint {run.fingerprint}\n", said)

    def test_what_it_shows_of_agents_is_what_results_hold(self):
        world = ondol.load(worlds / "sim.toml", ticks=8)
        with ondol.Run(world, results=self.results) as run:
            run.tick(3)
            self.assertEqual(run.ticks, 3)
            money = run.values("household.money")
            agents = run.agents("household")
            run.to_end()
        self.assertEqual(money.dtype, numpy.float64)
        books = ondol.query(self.results, "SELECT agent_id, cash FROM books WHERE agent = 'household' AND tick = 2")
        numpy.testing.assert_array_equal(books["agent_id"], agents)
        numpy.testing.assert_array_equal(books["cash"], money)
        self.assertEqual(ondol.query(self.results, "SELECT status FROM run")["status"].tolist(), ["complete"])

    def test_files_are_laid_over_a_world(self):
        over = self.folder / "over.toml"
        over.write_text('ticks = 2\n')
        self.assertEqual(ondol.load(worlds / "sim.toml", over=[over]).ticks, 2)

    def test_answers_are_arrays_of_their_type(self):
        with ondol.Run(ondol.load(worlds / "sim.toml", ticks=2), results=self.results) as run:
            run.to_end()
        answer = ondol.query(self.results, "SELECT tick, NULL AS empty, tick / 2.0 AS half, 'a' AS letter FROM run_data, "
                             "(SELECT 0 AS tick UNION SELECT ?) ORDER BY tick", 1)
        self.assertEqual([array.dtype for array in answer.values()], [numpy.int64, numpy.float64, numpy.float64, object])
        self.assertEqual(answer["tick"].tolist(), [0, 1])
        self.assertTrue(numpy.isnan(answer["empty"]).all())

    def test_a_run_left_early_says_so_in_its_results(self):
        with ondol.Run(ondol.load(worlds / "sim.toml"), results=self.results) as run:
            run.tick()
        self.assertEqual(ondol.query(self.results, "SELECT status, ticks FROM run")["status"].tolist(), ["interrupted"])

    def test_errors_are_the_engines_with_the_commands_exit_code(self):
        with self.assertRaisesRegex(ondol.Error, r"did you mean 'household'") as refused:
            ondol.load(worlds / "sim.toml", set={"populations.houshold.count": 2})
        self.assertEqual(refused.exception.code, 3)
        run = ondol.Run(ondol.load(worlds / "sim.toml", ticks=2))
        with self.assertRaisesRegex(ondol.Error, r"did you mean 'household'"):
            run.values("houshold.money")
        with self.assertRaisesRegex(ondol.Error, r"cannot run 3 ticks") as refused:
            run.tick(3)
        self.assertEqual(refused.exception.code, 2)

    def test_the_page_works_as_typed(self):
        page = (worlds.parent / "docs/python.md").read_text(encoding="utf-8")
        code = re.search(r"```python\n(.*?)```", page, re.DOTALL).group(1)
        (self.folder / "worlds").symlink_to(worlds)
        said = subprocess.run([sys.executable, "-c", code], cwd=self.folder, check=True, capture_output=True, text=True).stdout
        self.assertRegex(said, r"\n12 [0-9.e+]+ [0-9.]+\n[0-9a-f]{32}\n2024-12-01 ")

    def test_runs_of_one_world_go_on_side_by_side(self):
        world = ondol.load(worlds / "sim.toml")
        runs = [ondol.Run(world, threads=1) for _ in range(4)]
        threads = [threading.Thread(target=run.to_end) for run in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len({run.fingerprint for run in runs}), 1)


if __name__ == "__main__":
    unittest.main()
