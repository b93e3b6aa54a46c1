// World files: a world that loads can be printed as it will run, and loads again from that.
#include "worlds.hpp"

#include <ondol/engine/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string resolved;
  try {
    resolved = ondol::World::parse(text, "/nowhere/world.toml", ondol::fuzz::options()).resolved();
  } catch (const ondol::Error&) {
    return 0;
  }
  try {
    ondol::World::parse(resolved, "/nowhere/resolved.toml", ondol::fuzz::options());
  } catch (const ondol::Error&) {
    std::abort();
  }
  return 0;
}
