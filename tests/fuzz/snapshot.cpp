// Snapshots somebody made on purpose: the hash is right, and what it is of is not.
#include "state/fingerprint.hpp"
#include "support/shop.hpp"
#include "worlds.hpp"

#include <ondol/engine/error.hpp>
#include <ondol/engine/run.hpp>
#include <ondol/engine/snapshot.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace {

constexpr std::size_t header = 56, length = 16, hash = 24;

const ondol::World& world() {
  static const ondol::World world = [] {
    std::string text = ondol::test::shop;
    text.replace(text.find("count = 1500"), 12, "count = 3");
    return ondol::World::parse(text, "shop.toml", ondol::fuzz::options());
  }();
  return world;
}

ondol::RunOptions serial() {
  ondol::RunOptions options;
  options.threads = 1;
  return options;
}

const std::vector<std::byte>& honest() {
  static const std::vector<std::byte> bytes = [] {
    ondol::Run run(world(), serial());
    for (int tick = 0; tick < 3; ++tick) run.tick();
    const ondol::Snapshot snapshot = run.snapshot();
    return std::vector<std::byte>(snapshot.bytes().begin(), snapshot.bytes().end());
  }();
  return bytes;
}

}  // namespace

// The input is changes: three bytes of where, and eight of what is written there. The first says where to cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> forged = honest();
  const auto place = [&](std::size_t at) {
    return header + (data[at] + 256U * data[at + 1] + 65536U * data[at + 2]) % (honest().size() - header);
  };
  for (std::size_t at = 3; at + 11 <= size; at += 11)
    std::memcpy(&forged[place(at)], data + at + 3, std::min<std::size_t>(8, forged.size() - place(at)));
  if (size >= 3 && data[2] != 0) forged.resize(place(0));
  const std::uint64_t left = forged.size() - header;
  std::memcpy(&forged[length], &left, sizeof left);
  const std::string right = ondol::hash_of_bytes(std::span(forged).subspan(header));
  std::memcpy(&forged[hash], right.data(), right.size());
  try {
    const ondol::Snapshot snapshot(world(), forged);
    ondol::Run run(snapshot.world(), snapshot, serial());
    run.tick();
  } catch (const ondol::Error&) {
  }
  return 0;
}
