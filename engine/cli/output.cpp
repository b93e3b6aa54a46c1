// Writing to standard output and error without depending on them.
#include "output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace ondol::cli {

namespace {

struct Character {
  std::uint32_t code;
  std::size_t bytes;
};

// The first character of a text, unless it is no UTF-8.
std::optional<Character> first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t bytes = byte(0) < 0x80 ? 1 : byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : byte(0) >= 0xC2 ? 2 : 0;
  if (bytes == 0 || bytes > text.size() || byte(0) > 0xF4) return {};
  std::uint32_t code = bytes == 1 ? byte(0) : byte(0) & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < least[bytes] || code > 0x10FFFF || surrogate) return {};
  return Character{code, bytes};
}

// What a terminal would obey, or show in another order than it is written.
bool commands_a_terminal(std::uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  return (control && code != '\n' && code != '\t') || direction;
}

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("/._-+,:@%").find(c) != std::string_view::npos;
}

}  // namespace

void write(Stream stream, std::string_view text) {
  std::FILE* file = stream == Stream::out ? stdout : stderr;
  std::fwrite(text.data(), 1, text.size(), file);
  std::fflush(file);
}

std::string printable(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto character = first_of(text);
    const std::size_t bytes = character ? character->bytes : 1;
    if (!character) {
      shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (commands_a_terminal(character->code)) {
      shown += fmt::format("\\u{:04x}", character->code);
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return shown;
}

std::string shell_word(const std::string& path) {
  // sqlite3 takes these for an option, or for something that is no file.
  const bool misread = path.starts_with('-') || path.starts_with(':') || path.starts_with("file:");
  const std::string file = misread ? "./" + path : path;
  if (!file.empty() && std::all_of(file.begin(), file.end(), plain)) return file;
  const bool speakable = printable(file) == file && file.find('\n') == std::string::npos;
  std::string word = speakable ? "'" : "$'";
  for (const char c : file) {
    if (speakable) {
      word += c == '\'' ? "'\\''" : std::string(1, c);
    } else if (plain(c) || c == ' ') {
      word += c;
    } else {
      word += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
    }
  }
  return word + "'";
}

void outlive_readers() {
  for (int descriptor = 0; descriptor <= 2; ++descriptor) {
    if (fcntl(descriptor, F_GETFD) == -1) static_cast<void>(open("/dev/null", O_RDWR));
  }
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace ondol::cli
