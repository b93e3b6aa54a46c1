// Draws made ahead for a block of agents are the draws of each.
#include "base/draws.hpp"

#include "base/moment.hpp"

#include <ondol/sdk.hpp>

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace ondol {
namespace {

// Agents without anything but luck.
struct Lucky {
  explicit Lucky(std::uint32_t agents) : luck(agents) {
    for (std::uint32_t i = 0; i < agents; ++i) luck[i] = mix(i + 1);
    chunk.size = sizeof chunk;
    chunk.rows = agents;
    chunk.luck = luck.data();
    chunk.now = {0x1234567890abcdef, 41, 3, 0};
    chunk.host = &host;
  }
  Draws one_by_one(std::uint32_t row, std::uint64_t purpose) const {
    return {chunk.now, DrawPurpose{purpose}, luck[row]};
  }

  std::vector<std::uint64_t> luck;
  ondol_host host{sizeof(ondol_host), 0, nullptr, nullptr, nullptr, nullptr, &draw_rows};
  ondol_chunk chunk{};
};

// Rounds go up to 100,000, indices to 2^32: neither meets another of its sort, nor one of the other.
TEST(Draws, FallAnewInEveryRoundAtEveryIndex) {
  std::set<std::uint64_t> seen;
  std::size_t drawn = 0;
  const auto draw = [&](std::uint32_t round, std::uint32_t index) {
    seen.insert(Draws(Moment(7, name_hash("trade"), 5, round), DrawPurpose{name_hash("turn")}, 99).bits(index));
    ++drawn;
  };
  for (std::uint32_t round = 0; round < 100'000; ++round) draw(round, 0);
  for (const std::uint32_t index : {1U, 1U << 19U, 1U << 20U, 3U << 20U, 1U << 31U}) {
    for (const std::uint32_t round : {0U, 1U, 2U, 3U, 4095U, 4096U}) draw(round, index);
  }
  EXPECT_EQ(seen.size(), drawn);
}

TEST(Draws, OfManyRowsAreThoseOfEachToTheLastBit) {
  const Lucky agents(1003);
  const std::uint64_t purpose = name_hash("harvest");
  constexpr std::uint32_t first = 5;
  constexpr std::uint32_t index = 7;
  const std::uint32_t count = agents.chunk.rows - first;
  std::vector<std::uint64_t> bits(count);
  std::vector<double> uniforms(count);
  std::vector<double> normals(count);
  draw_rows(&agents.chunk.now, purpose, ONDOL_DRAW_BITS, index, agents.luck.data() + first, count, bits.data());
  draw_rows(&agents.chunk.now, purpose, ONDOL_DRAW_UNIFORM, index, agents.luck.data() + first, count, uniforms.data());
  draw_rows(&agents.chunk.now, purpose, ONDOL_DRAW_NORMAL, index, agents.luck.data() + first, count, normals.data());
  for (std::uint32_t i = 0; i < count; ++i) {
    const Draws draws = agents.one_by_one(first + i, purpose);
    ASSERT_EQ(bits[i], draws.block(index).first);
    ASSERT_EQ(uniforms[i], draws.uniform(index));
    ASSERT_EQ(normals[i], draws.normal(index));
  }
}

TEST(Draws, OfARuleDoNotDependOnWhoDrewBefore) {
  Lucky agents(300);
  Agent self(agents.chunk);
  // In order, in steps, back and forth, and for two purposes in turn.
  for (const std::uint32_t step : {1U, 3U, 7U, 299U, 150U}) {
    for (std::uint32_t i = 0; i < 2 * agents.chunk.rows; ++i) {
      const std::uint32_t row = i * step % agents.chunk.rows;
      self.move_to(row);
      ASSERT_EQ(self.normal("weather"), agents.one_by_one(row, name_hash("weather")).normal());
      if (row % 5 == 0) {
        ASSERT_EQ(self.integer("whom", 1000), agents.one_by_one(row, name_hash("whom")).integer(1000));
      }
      ASSERT_EQ(self.uniform("weather"), agents.one_by_one(row, name_hash("weather")).uniform());
      ASSERT_EQ(self.uniform("weather", 2), agents.one_by_one(row, name_hash("weather")).uniform(2));
    }
  }
}

}  // namespace
}  // namespace ondol
