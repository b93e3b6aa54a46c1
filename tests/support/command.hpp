// The command `ondol` in a folder of a test's own, with the shop's world in it and the fixture plugins at hand.
#pragma once

#include "support/shop.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace ondol::test {

struct Outcome {
  int code;
  std::string out;
  std::string err;
};

class Command : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / "ondol_command" /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    write("shop.toml", shop);
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_ / name) << text; }
  std::string read(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool exists(const std::string& name) const { return std::filesystem::exists(folder_ / name); }

  // Runs `ondol ARGUMENTS` in the test's folder, with the fixture plugins at hand.
  Outcome ondol(const std::string& arguments, const std::string& before = "") const {
    const std::string command = "cd '" + folder_.string() + "' || exit; " + before + "ONDOL_PLUGIN_PATH='" +
                                ONDOL_BUILD_DIR + "/tests/plugins' '" + ONDOL_BUILD_DIR +
                                "/ondol' >out.txt 2>err.txt " + arguments;
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), read("out.txt"), read("err.txt")};
  }

  std::filesystem::path folder_;
};

}  // namespace ondol::test
