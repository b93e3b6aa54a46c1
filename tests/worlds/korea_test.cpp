// The Korea world's promises of determinism, over its first months.
#include "support/worlds.hpp"

#include <gtest/gtest.h>

namespace ondol::test {
namespace {

World korea(WorldOptions options = with_fixtures()) {
  return World::load(std::filesystem::path(ONDOL_SOURCE_DIR) / "worlds" / "korea" / "korea.toml", options);
}

TEST(KoreaWorld, IsTheSameOnAnyNumberOfThreads) {
  const World world = korea();
  const auto fingerprint = ticked(world, 8, 1).fingerprint();
  for (const int threads : {2, 3, 8}) EXPECT_EQ(ticked(world, 8, threads).fingerprint(), fingerprint) << threads;
}

TEST(KoreaWorld, AnotherSeedIsAnotherHistory) {
  const World world = korea();
  EXPECT_NE(ticked(world, 2, 1, 2).fingerprint(), ticked(world, 2).fingerprint());
}

}  // namespace
}  // namespace ondol::test
