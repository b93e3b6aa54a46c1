// The engine for Python: worlds, runs and what they look like, under the names that the C++ headers have. What is
// written in Python over it stands in ondol/__init__.py.
#include <ondol/engine/error.hpp>
#include <ondol/engine/look.hpp>
#include <ondol/engine/results.hpp>
#include <ondol/engine/run.hpp>
#include <ondol/engine/world.hpp>

#include <fmt/format.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace py = pybind11;

namespace ondol::python {

namespace {

template <class Number>
py::array_t<Number> array_of(const std::vector<Number>& numbers) {
  return py::array_t<Number>(static_cast<py::ssize_t>(numbers.size()), numbers.data());
}

World load(const std::filesystem::path& file, std::vector<std::string> set, std::vector<std::filesystem::path> over,
           std::vector<std::filesystem::path> plugins, std::optional<std::int64_t> ticks) {
  WorldOptions options;
  options.over = std::move(over);
  options.set = std::move(set);
  options.plugin_directories = std::move(plugins);
  options.ticks = ticks;
  const py::gil_scoped_release others_go_on;
  return World::load(file, options);
}

// A run and, where asked for, its results: recorded tick by tick, closed when it is over or left.
class RunInPython {
 public:
  RunInPython(const World& world, std::optional<std::uint64_t> seed, int threads,
              const std::optional<std::filesystem::path>& results, bool overwrite)
      : run_(world, options_of(seed, threads)) {
    ResultsOptions recording;
    recording.overwrite = overwrite;
    if (results) results_.emplace(*results, run_, recording);
  }

  std::int64_t ticks() const { return run_.ticks(); }
  std::uint64_t seed() const { return run_.seed(); }
  const World& world() const { return run_.world(); }
  std::string fingerprint() const { return run_.fingerprint(); }

  void tick(std::int64_t ticks) {
    const std::int64_t left = world().ticks() - run_.ticks();
    if (ticks < 0 || ticks > left)
      throw Error(ErrorCode::usage,
                  fmt::format("cannot run {} ticks: of the world's {}, {} are left", ticks, world().ticks(), left));
    for (std::int64_t i = 0; i < ticks; ++i) tick();
  }
  void to_end() { tick(world().ticks() - run_.ticks()); }

  void close() {
    if (!results_) return;
    const bool complete = run_.ticks() == world().ticks();
    const py::gil_scoped_release others_go_on;
    results_->finish(complete ? RunStatus::complete : RunStatus::interrupted, complete ? "" : "ended by its program");
    results_.reset();
  }

  py::array_t<double> values(const std::string& path) const { return array_of(Look(run_).values(path)); }
  py::array_t<std::int64_t> agents(const std::string& population) const {
    return array_of(Look(run_).agents(population));
  }
  double signal(const std::string& name, const std::string& region) const { return Look(run_).signal(name, region); }
  double price(const std::string& market, const std::string& region) const { return Look(run_).price(market, region); }

 private:
  static RunOptions options_of(std::optional<std::uint64_t> seed, int threads) {
    RunOptions options;
    options.seed = seed;
    options.threads = threads;
    return options;
  }

  // Other threads of Python go on meanwhile; Control-C is heeded after it.
  void tick() {
    {
      const py::gil_scoped_release others_go_on;
      try {
        run_.tick();
        if (results_) results_->record();
      } catch (const Error& error) {
        if (results_) results_->finish(RunStatus::failed, error.what());
        results_.reset();
        throw;
      }
    }
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }

  Run run_;
  std::optional<Results> results_;
};

void define_error(py::module_& module) {
  static const py::handle type = py::exception<Error>(module, "Error").release();
  py::register_exception_translator([](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const Error& error) {
      const py::object raised = type(error.what());
      raised.attr("code") = error.exit_code();
      PyErr_SetObject(type.ptr(), raised.ptr());
    }
  });
}

}  // namespace

PYBIND11_MODULE(_engine, module) {
  define_error(module);
  module.def("version", &version);
  module.def("use_plugins_in", &use_plugins_in);
  module.def("load", &load, py::arg("file"), py::arg("set"), py::arg("over"), py::arg("plugins"), py::arg("ticks"));

  py::class_<World>(module, "World", "A world file, checked and resolved. Constant; any number of runs share one.")
      .def_property_readonly("name", &World::name)
      .def_property_readonly("ticks", &World::ticks)
      .def_property_readonly("seed", &World::seed, "Of runs that are given no other.")
      .def_property_readonly("warnings", &World::warnings, "What loads and will hardly be meant.")
      .def_property_readonly("resolved", &World::resolved, "The world as it will run, as TOML with sources.")
      .def("date", &World::date, py::arg("tick"), "First day of a tick; empty without a calendar.")
      .def("__str__", &World::overview);

  py::class_<RunInPython>(module, "Run", "A run of a world, and of its results file where one is named.")
      .def(py::init<const World&, std::optional<std::uint64_t>, int, const std::optional<std::filesystem::path>&,
                    bool>(),
           py::arg("world"), py::kw_only(), py::arg("seed") = py::none(), py::arg("threads") = 0,
           py::arg("results") = py::none(), py::arg("overwrite") = false)
      .def_property_readonly("world", &RunInPython::world)
      .def_property_readonly("ticks", &RunInPython::ticks, "Ticks done so far.")
      .def_property_readonly("seed", &RunInPython::seed)
      .def_property_readonly("fingerprint", &RunInPython::fingerprint,
                             "Of the complete state, on any number of threads.")
      .def("tick", py::overload_cast<std::int64_t>(&RunInPython::tick), py::arg("ticks") = 1, "Runs so many ticks.")
      .def("to_end", &RunInPython::to_end, "Runs what is left of the world's ticks.")
      .def("close", &RunInPython::close, "Closes the results: complete, or interrupted where ticks are left.")
      .def("__enter__", [](py::object run) { return run; })
      .def("__exit__", [](RunInPython& run, const py::args&) { run.close(); })
      .def("values", &RunInPython::values, py::arg("path"),
           "Of all that live in a population, a number each: 'firms.price', 'firms.money', 'firms.prices[2]'.")
      .def("agents", &RunInPython::agents, py::arg("population"), "Their ids, in the same order.")
      .def("signal", &RunInPython::signal, py::arg("name"), py::arg("region") = "")
      .def("price", &RunInPython::price, py::arg("market"), py::arg("region") = "");
}

}  // namespace ondol::python
