// Writing snapshots, and reading them with suspicion.
#include "run/snapshot.hpp"

#include "run/genesis.hpp"
#include "state/fingerprint.hpp"
#include "state/state_bytes.hpp"

#include <ondol/engine/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>

namespace ondol {

namespace {

// As numbers lie in memory: these are files of one kind of machine.
constexpr std::array<char, 8> magic = {'O', 'N', 'D', 'L', 'S', 'T', 'A', 'T'};
constexpr std::uint32_t format = 1;

struct Header {
  std::array<char, 8> magic;
  std::uint32_t format;
  std::uint32_t reserved;
  std::uint64_t length;       // of what follows
  std::array<char, 32> hash;  // of it
};
static_assert(sizeof(Header) == 56);

std::string hash_of_world(const Model& model) {
  return hash_of_bytes(std::as_bytes(std::span(model.text.data(), model.text.size())));
}

[[noreturn]] void refuse(const std::string& why) { throw Error(ErrorCode::output, why); }

// What follows the header of bytes that are whole.
std::span<const std::byte> content_of(std::span<const std::byte> bytes) {
  Header header{};
  if (bytes.size() < sizeof header) refuse("the state is cut off");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != magic) refuse("it is no state of a run");
  if (header.format != format)
    refuse(fmt::format("the state is of format {}, and this engine ({}) reads format {}", header.format, ONDOL_VERSION,
                       format));
  const auto content = bytes.subspan(sizeof header);
  if (content.size() != header.length) refuse("the state is cut off");
  if (hash_of_bytes(content) != std::string(header.hash.data(), header.hash.size())) refuse("the state is damaged");
  return content;
}

void write_plugins(ByteWriter& out, const Model& model) {
  out.number(std::uint64_t{model.plugins.size()});
  for (const PluginLibrary& library : model.plugins) {
    out.text(library.name);
    out.text(library.version);
    out.text(library.hash);
  }
}

void check_plugins(ByteReader& in, const Model& model) {
  std::uint64_t count = 0;
  in.number(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string name = in.text();
    const std::string version = in.text();
    const std::string hash = in.text();
    if (i >= model.plugins.size() || model.plugins[i].name != name)
      throw Error(ErrorCode::plugin,
                  fmt::format("the state is of a run with plugin '{}', which the world lacks", name));
    const PluginLibrary& here = model.plugins[i];
    if (here.version != version || here.hash != hash)
      throw Error(ErrorCode::plugin, fmt::format("the state is of a run with plugin '{}' {} ({}), and '{}' is {} ({})",
                                                 name, version, hash, here.path.string(), here.version, here.hash));
  }
}

// Where the world's events stood in its files, which a world that was read from its resolved text no longer knows, and
// results say.
void write_sources(ByteWriter& out, const Model& model) {
  for (const Event& event : model.events) out.text(event.source);
}

World with_sources(ByteReader& in, const World& world) {
  std::vector<std::string> sources;
  for (std::size_t i = 0; i < world.model().events.size(); ++i) sources.push_back(in.text());
  const auto same = [](const Event& event, const std::string& source) { return event.source == source; };
  const std::vector<Event>& events = world.model().events;
  if (std::equal(events.begin(), events.end(), sources.begin(), same)) return world;
  auto model = std::make_shared<Model>(world.model());
  for (std::size_t i = 0; i < sources.size(); ++i) model->events[i].source = std::move(sources[i]);
  return World(std::move(model));
}

}  // namespace

std::vector<std::byte> snapshot_bytes(const Model& model, std::uint64_t seed, const State& state,
                                      const LedgerMemory& memory) {
  ByteWriter out;
  // The header, once it is known.
  for (std::size_t i = 0; i < sizeof(Header); ++i) out.number(std::byte{});
  out.text(ONDOL_VERSION);
  out.text(hash_of_world(model));
  write_plugins(out, model);
  write_sources(out, model);
  out.number(seed);
  out.number(state.tick - model.burn_in.ticks);
  out.all(state, memory);
  std::vector<std::byte> bytes = out.take();
  const auto content = std::span(bytes).subspan(sizeof(Header));
  Header header{magic, format, 0, content.size(), {}};
  hash_of_bytes(content).copy(header.hash.data(), header.hash.size());
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

Snapshot::Snapshot(const World& world, std::vector<std::byte> bytes)
    : world_(world), bytes_(std::make_shared<const std::vector<std::byte>>(std::move(bytes))) {
  const auto content = content_of(*bytes_);
  try {
    ByteReader in(content);
    if (const std::string engine = in.text(); engine != ONDOL_VERSION)
      refuse(fmt::format("the state is of engine {}, and this is {}", engine, ONDOL_VERSION));
    const std::string hash = in.text();
    check_plugins(in, world.model());
    if (hash != hash_of_world(world.model()))
      throw Error(ErrorCode::world,
                  fmt::format("the state is of another world than '{}': of one with hash {}, expected {}", world.name(),
                              hash, hash_of_world(world.model())));
    world_ = with_sources(in, world);
    in.number(seed_);
    in.number(ticks_);
    state_ = content.last(in.left());
  } catch (const Unreadable& unreadable) {
    refuse("the state is damaged: " + unreadable.why);
  }
}

Taken state_in(const Snapshot& snapshot, const Model& model) {
  try {
    Taken taken{empty_state(model), {}};
    ByteReader in(snapshot.state());
    in.all(taken.state, taken.memory);
    if (in.left() > 0) throw Unreadable{"something follows it"};
    if (taken.state.tick - model.burn_in.ticks != snapshot.ticks()) throw Unreadable{"its tick is another"};
    complete_state(model, taken.state);
    return taken;
  } catch (const Unreadable& unreadable) {
    refuse("the state is damaged: " + unreadable.why);
  }
}

}  // namespace ondol
