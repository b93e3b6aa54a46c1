// Tables of data: CSV files by libcsv.
#include "loading/csv_table.hpp"

#include "loading/toml_document.hpp"

#include <csv.h>
#include <fmt/format.h>

#include <memory>
#include <vector>

namespace ondol {

namespace {

struct Row {
  std::size_t line = 0;  // that it starts in
  std::vector<std::string> cells;
};

[[noreturn]] void refuse(const std::string& path, std::size_t line, const std::string& what) {
  throw PlacedError(ErrorCode::world, fmt::format("{}:{}: {}", path, line, what));
}

// Fed line by line, which is how it knows where each row starts.
class Rows {
 public:
  explicit Rows(const std::string& path) : path_(path) {
    csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    csv_set_space_func(&parser_, [](unsigned char c) { return static_cast<int>(c == ' ' || c == '\t'); });
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() { csv_free(&parser_); }

  void line(std::string_view text) {
    ++line_;
    if (!within_row_ && text.starts_with('#')) return;
    if (!within_row_) row_.line = line_;
    within_row_ = true;
    if (csv_parse(&parser_, text.data(), text.size(), on_cell, on_row, this) != text.size())
      refuse(path_, row_.line, fmt::format("not CSV: {}", csv_strerror(csv_error(&parser_))));
    if (row_.cells.empty() && text.find_first_not_of(" \t\r\n") == std::string_view::npos) within_row_ = false;
  }

  std::vector<Row> end() {
    if (csv_fini(&parser_, on_cell, on_row, this) != 0) refuse(path_, row_.line, "not CSV: a quote that is not closed");
    return std::move(rows_);
  }

 private:
  static void on_cell(void* cell, std::size_t size, void* rows) {
    static_cast<Rows*>(rows)->row_.cells.emplace_back(static_cast<const char*>(cell), size);
  }
  static void on_row(int, void* rows) {
    Rows& self = *static_cast<Rows*>(rows);
    self.rows_.push_back(std::move(self.row_));
    self.row_ = {};
    self.within_row_ = false;
  }

  const std::string& path_;
  csv_parser parser_{};
  std::size_t line_ = 0;
  bool within_row_ = false;
  Row row_;
  std::vector<Row> rows_;
};

std::vector<Row> read_rows(const std::string& text, const std::string& path) {
  Rows rows(path);
  std::string_view rest = text;
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (rest.starts_with(byte_order_mark)) rest.remove_prefix(byte_order_mark.size());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::size_t size = end == std::string_view::npos ? rest.size() : end + 1;
    rows.line(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return rows.end();
}

std::string quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string list_of(const std::vector<std::string>& cells) {
  std::string list = "[";
  for (const std::string& cell : cells) list += quoted(cell) + ", ";
  return list + "]";
}

}  // namespace

// Written as TOML whose lines are those of the file, and read by the parser, which tells every value its line.
toml::table parse_csv(const std::string& text, const std::string& path) {
  const std::vector<Row> rows = read_rows(text, path);
  if (rows.empty()) refuse(path, 1, "no header, expected the names of the columns");
  std::size_t line = 1;
  std::string written;
  const auto go_to = [&](std::size_t wanted) {
    for (; line < wanted; ++line) written += '\n';
  };
  const std::size_t columns = rows.front().cells.size();
  for (const Row& row : rows) {
    if (row.cells.size() != columns)
      refuse(path, row.line, fmt::format("{} cells, expected {} as in the header", row.cells.size(), columns));
    go_to(row.line);
    if (&row == &rows.front()) {
      written += "columns = " + list_of(row.cells);
      go_to(row.line + 1);
      written += "rows = [";
    } else {
      written += list_of(row.cells) + ", ";
    }
  }
  try {
    return toml::parse(written + "]", path);
  } catch (const toml::parse_error& error) {
    refuse(path, error.source().begin.line, fmt::format("not UTF-8 text: {}", error.description()));
  }
}

}  // namespace ondol
