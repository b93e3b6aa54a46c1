// Reading what a view of results is called, asks, and has for columns.
#include "loading/views.hpp"

#include <string>
#include <utility>

namespace ondol {

namespace {

ViewModel view_in(const std::string& name, const Toml& entry) {
  ViewModel view{name, entry.at("doc").as_text(), entry.at("sql").as_text(), {}, entry.where()};
  for (const auto& [column, described] : entry.at("columns").entries()) {
    view.columns.push_back({column, described.at("unit").as_text(), described.at("doc").as_text()});
    described.finish();
  }
  entry.finish();
  return view;
}

}  // namespace

std::vector<ViewModel> read_views(const Toml& views) {
  std::vector<ViewModel> read;
  for (const auto& [name, entry] : views.entries()) read.push_back(view_in(name, entry));
  return read;
}

}  // namespace ondol
