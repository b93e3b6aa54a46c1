// What the command says: to people who may have closed the window, on disks that may be full, of names that anybody
// may have chosen.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace ondol::cli {

enum class Stream { out, error };

// Writes a text as it is. What cannot be written is lost and changes nothing else.
void write(Stream stream, std::string_view text);

// Text that a terminal shows and does not obey: control characters, and what is no UTF-8, are spelt out, as TOML
// writes them; lines and tabs stay.
std::string printable(std::string_view text);

template <class... Values>
void say(fmt::format_string<Values...> format, Values&&... values) {
  write(Stream::out, printable(fmt::format(format, std::forward<Values>(values)...)));
}
template <class... Values>
void complain(fmt::format_string<Values...> format, Values&&... values) {
  write(Stream::error, printable(fmt::format(format, std::forward<Values>(values)...)));
}

// A file's path as a word of a shell, and as sqlite3 takes it for a file's.
std::string shell_word(const std::string& path);

// Before anything else: descriptors 0 to 2 are open, so that no file takes the place of a stream that is closed, and
// whoever stops reading us does not end us.
void outlive_readers();

}  // namespace ondol::cli
