// Which files make a world, and how they are laid over one another.
#include "loading/world_files.hpp"

#include "base/nearest.hpp"
#include "loading/csv_table.hpp"
#include "loading/regular_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace ondol {

namespace {

namespace fs = std::filesystem;

std::string below(const std::string& key, const std::string& name) { return key.empty() ? name : key + "." + name; }

// Where files may lie, and those that are being read.
struct Places {
  std::vector<fs::path> folders;  // canonical
  fs::path installed;             // worlds; empty where there are none
  std::vector<fs::path> chain;    // of files that extend or include one another
  std::set<fs::path> included;
  std::vector<WorldFileModel> files;  // read so far
  std::vector<SettingModel> settings;
};

fs::path root_of(const fs::path& world) {
  const fs::path own = fs::weakly_canonical(fs::absolute(world)).parent_path();
  std::error_code ignored;
  for (fs::path folder = own;; folder = folder.parent_path()) {
    if (fs::exists(folder / "ondol.root", ignored)) return folder;
    if (folder == folder.parent_path()) return own;
  }
}

Places places_of(const fs::path& world) {
  Places places;
  places.folders.push_back(root_of(world));
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure).parent_path();
  const fs::path installed = fs::canonical(program.parent_path() / "share" / "ondol" / "worlds", failure);
  if (!failure) {
    places.installed = installed;
    places.folders.push_back(installed);
  }
  return places;
}

// Beside the file that names it, or among the installed worlds.
fs::path find_file(const std::string& name, const fs::path& beside, const Places& places) {
  std::error_code ignored;
  const fs::path here = beside.parent_path() / name;
  if (!places.installed.empty() && !fs::exists(here, ignored) && fs::exists(places.installed / name, ignored))
    return places.installed / name;
  return here.lexically_normal();
}

// The file that a value stands in; of an override, the world's own.
fs::path file_of(const Toml& at, const fs::path& world) {
  return at.file().starts_with(override_mark) ? world : fs::path(at.file());
}

// ---- Laying one document over another
enum class Over {
  extends,   // what is laid over changes what is below
  includes,  // the two say different things
};

std::string printed(const toml::node& node) {
  std::ostringstream out;
  node.visit([&](const auto& value) { out << toml::toml_formatter(value); });
  return out.str();
}

// { add = [...], remove = [...] }
bool is_change(const toml::node& node) {
  const toml::table* table = node.as_table();
  return table != nullptr && !table->empty() && std::all_of(table->begin(), table->end(), [](const auto& entry) {
           return entry.first.str() == "add" || entry.first.str() == "remove";
         });
}

void apply_change(toml::node& known, toml::node& change, const Toml& at) {
  toml::array* list = known.as_array();
  if (list == nullptr) at.fail(fmt::format("adds to a list or removes from one, and there is {}", type_name(known)));
  const auto each = [&](const char* key, auto&& body) {
    toml::node* given = change.as_table()->get(key);
    if (given == nullptr) return;
    if (!given->is_array()) return body(*given, at.at(key));
    std::size_t i = 0;
    const std::vector<Toml> places = at.at(key).elements();
    for (toml::node& element : *given->as_array()) body(element, places[i++]);
  };
  const auto position = [&](const toml::node& element) {
    return std::find_if(list->begin(), list->end(),
                        [&](const toml::node& other) { return printed(other) == printed(element); });
  };
  each("remove", [&](toml::node& element, const Toml& place) {
    const auto found = position(element);
    if (found == list->end()) place.fail(fmt::format("{} is not in the list", printed(element)));
    list->erase(found);
  });
  each("add", [&](toml::node& element, const Toml& place) {
    if (position(element) != list->end()) place.fail(fmt::format("{} is in the list already", printed(element)));
    list->push_back(std::move(element));
  });
}

// How long a run is can be said in two ways: what is laid over a world and says one takes the place of either.
void forget_length(toml::table& base, const toml::table& over) {
  if (!over.contains("ticks") && !over.contains("until")) return;
  base.erase("ticks");
  base.erase("until");
}

bool is_false(const toml::node& node) { return node.value_exact<bool>() == std::optional<bool>(false); }

bool is_named_thing(const std::string& section) {
  static const std::set<std::string> sections = {"constants", "currencies",  "data",      "events",
                                                 "goods",     "instruments", "markets",   "populations",
                                                 "regions",   "signals",     "templates", "units"};
  return sections.contains(section);
}

void refuse_to_drop(const toml::table& base, const std::string& name, const Toml& at) {
  std::vector<std::string> names;
  for (const auto& [key, value] : base) names.emplace_back(key.str());
  at.fail("leaves out what is not there" + suggestion(name, names));
}

void lay_over(toml::table& base, toml::table&& over, const std::string& at_key, Over how) {
  const bool top = at_key.empty();
  if (top && how == Over::extends) forget_length(base, over);
  for (auto&& [key, value] : over) {
    const std::string name(key.str());
    toml::node* known = base.get(key);
    const Toml at(value, below(at_key, name), "");
    if (how == Over::extends && is_false(value) && known != nullptr && known->is_table()) {
      base.erase(key);
    } else if (how == Over::extends && is_false(value) && known == nullptr && is_named_thing(at_key)) {
      refuse_to_drop(base, name, at);
    } else if (how == Over::extends && known != nullptr && is_change(value)) {
      apply_change(*known, value, at);
    } else if (known != nullptr && known->is_table() && value.is_table()) {
      lay_over(*known->as_table(), std::move(*value.as_table()), below(at_key, name), how);
    } else if (top && known != nullptr && known->is_array() && value.is_array() && name == "claims") {
      for (auto&& element : *value.as_array()) known->as_array()->push_back(std::move(element));
    } else if (known != nullptr && how == Over::includes) {
      at.fail(fmt::format("is said already in {}", Toml(*known, at.key(), "").where()));
    } else {
      base.insert_or_assign(key, std::move(value));
    }
  }
}

// ---- What is laid over a world says, value by value
std::string shown(const toml::node& node) {
  if (node.is_table() && !is_change(node) && !node.as_table()->empty()) return type_name(node);
  return node.is_string() ? node.as_string()->get() : printed(node);
}

void note_settings(const toml::table* base, const toml::table& over, const std::string& at_key,
                   std::vector<SettingModel>& settings) {
  for (const auto& [key, value] : over) {
    const std::string path = below(at_key, std::string(key.str()));
    const toml::node* known = base == nullptr ? nullptr : base->get(key);
    if (value.is_table() && !is_change(value) && !value.as_table()->empty()) {
      note_settings(known == nullptr ? nullptr : known->as_table(), *value.as_table(), path, settings);
      continue;
    }
    const Toml at(value, path, "");
    const bool is_option = at.file().starts_with(override_mark);
    settings.push_back(
        {path, shown(value), known == nullptr ? "" : shown(*known), at.file(), is_option ? 0 : at.line()});
  }
}

// ---- Files
toml::table read(const std::string& text, const fs::path& path, Places& places);

toml::table read_other(const Toml& name, const fs::path& from, Places& places) {
  if (!name.is_text()) name.fail("expected the name of a world file");
  const fs::path other = find_file(name.as_text(), from, places);
  const fs::path real = fs::weakly_canonical(fs::absolute(other));
  if (std::find(places.chain.begin(), places.chain.end(), real) != places.chain.end())
    name.fail(fmt::format("'{}' leads to itself", other.string()));
  if (places.chain.size() > 32) name.fail("more than 32 files lead to one another");
  const std::string text = name.guarded([&] { return read_regular_file(other, places.folders); });
  return read(text, other, places);
}

toml::table read(const std::string& text, const fs::path& path, Places& places) {
  places.chain.push_back(fs::weakly_canonical(fs::absolute(path)));
  places.files.push_back({path.string(), text});
  toml::table own = parse_toml(text, path.string());
  const Toml document(own, "", path.string());
  std::optional<toml::table> base;
  toml::table whole;
  if (document.has("extends")) base = read_other(document.at("extends"), path, places);
  if (document.has("include")) {
    for (const Toml& name : document.at("include").elements()) {
      if (name.is_text() &&
          !places.included.insert(fs::weakly_canonical(fs::absolute(find_file(name.as_text(), path, places)))).second)
        continue;
      lay_over(whole, read_other(name, path, places), "", Over::includes);
    }
  }
  own.erase("extends");
  own.erase("include");
  lay_over(whole, std::move(own), "", Over::includes);
  places.chain.pop_back();
  if (!base) return whole;
  note_settings(&*base, whole, "", places.settings);
  lay_over(*base, std::move(whole), "", Over::extends);
  return std::move(*base);
}

// Tables of data become part of the document, which thereby says all there is to say.
void read_data(toml::table& document, const fs::path& world, Places& places) {
  toml::table* data = document["data"].as_table();
  if (data == nullptr) return;
  for (auto&& [key, value] : *data) {
    if (!value.is_table() || !value.as_table()->contains("file")) continue;
    const Toml table(value, below("data", std::string(key.str())), world.string());
    const Toml name = table.at("file");
    const fs::path path = find_file(name.as_text(), file_of(name, world), places);
    if (path.extension() != ".csv") name.fail("expected a file whose name ends with .csv");
    if (table.has("rows") || table.has("columns")) name.fail("a table has either a `file` or `columns` and `rows`");
    const std::string text = name.guarded([&] { return read_regular_file(path, places.folders); });
    places.files.push_back({path.string(), text});
    toml::table parsed = parse_csv(text, path.string());
    value.as_table()->erase("file");
    for (auto&& [part, content] : parsed) value.as_table()->insert(part, std::move(content));
  }
}

// ---- Overrides
std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// A value as TOML, or as a text where it is none.
toml::table value_of(const std::string& text) {
  try {
    toml::table parsed = toml::parse("value = " + text);
    if (parsed.size() == 1) return parsed;
  } catch (const toml::parse_error&) {
    // A text, then.
  }
  return toml::table{{"value", text}};
}

// Goods, populations and the like may have any name, so that one which is nearly there would make another.
void refuse_slip(const std::string& path, const std::string& name, const toml::table& things) {
  std::vector<std::string> names;
  for (const auto& [key, thing] : things) names.emplace_back(key.str());
  if (const std::string near = nearest(name, names); !near.empty())
    throw PlacedError(ErrorCode::world,
                      fmt::format("--set {}: there is no '{}'; did you mean '{}'?", path, name, near));
}

// The table in which a value is set, where there is one already.
toml::table* check_way(toml::table& document, const std::string& path, const std::vector<std::string>& parts) {
  toml::table* table = &document;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    toml::node* inner = table->get(parts[i]);
    if (inner == nullptr) {
      if (i == 1 && parts[0] != "record") refuse_slip(path, parts[i], *table);
      return nullptr;
    }
    if (!inner->is_table())
      throw PlacedError(ErrorCode::world,
                        fmt::format("--set {}: '{}' is {}, not a table", path, parts[i], type_name(*inner)));
    table = inner->as_table();
  }
  return table;
}

// As if a file that extends the world had said it, so that the world's own checks find what is wrong in it.
void apply_override(toml::table& document, const std::string& setting, std::vector<SettingModel>& settings) {
  const std::size_t equals = setting.find('=');
  const std::string path = setting.substr(0, equals);
  const std::vector<std::string> parts = split(path);
  if (equals == std::string::npos || std::find(parts.begin(), parts.end(), "") != parts.end())
    throw Error(ErrorCode::usage,
                fmt::format("--set '{}': expected path=value, as in seed=7 or goods.ware.decimals=2", setting));
  if (parts.size() > 32)
    throw Error(ErrorCode::usage, fmt::format("--set '{}': a path of more than 32 parts", setting));
  toml::table* place = check_way(document, path, parts);
  toml::table wrapped = value_of(setting.substr(equals + 1));
  // A table takes the place of what is there, where a file's would be laid over it.
  const toml::node* value = wrapped.get("value");
  const bool replaces = place != nullptr && value->is_table() && !is_change(*value);
  toml::table set;
  set.insert(parts.back(), std::move(*wrapped.get("value")));
  for (std::size_t i = parts.size() - 1; i-- > 0;) {
    toml::table outer;
    outer.insert(parts[i], std::move(set));
    set = std::move(outer);
  }
  // Once more through the parser, which tells every table on the way where it comes from.
  toml::table over = parse_toml(print_document(set), std::string(override_mark) + path);
  note_settings(&document, over, "", settings);
  if (replaces) place->erase(parts.back());
  lay_over(document, std::move(over), "", Over::extends);
}

}  // namespace

std::string read_world_file(const fs::path& path) {
  try {
    return read_regular_file(path);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("the world file {}", error.what()));
  }
}

WorldDocument read_document(const std::string& text, const fs::path& path, const std::vector<fs::path>& over,
                            const std::vector<std::string>& overrides) {
  Places places = places_of(path);
  toml::table document = read(text, path, places);
  for (const fs::path& file : over) {
    places.folders.push_back(root_of(file));
    toml::table laid = read(read_world_file(file), file, places);
    note_settings(&document, laid, "", places.settings);
    lay_over(document, std::move(laid), "", Over::extends);
  }
  for (const std::string& setting : overrides) apply_override(document, setting, places.settings);
  read_data(document, path, places);
  return {std::move(document), std::move(places.files), std::move(places.settings)};
}

}  // namespace ondol
