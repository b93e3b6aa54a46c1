// Views that a world declares, and files laid over a world by the command.
#include "support/command.hpp"
#include "support/shop.hpp"
#include "support/sql.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ondol::test {
namespace {

using testing::HasSubstr;

// The shop with a view of what is eaten by tick, its SQL and columns as given.
std::string shop_with(const std::string& name, const std::string& sql, const std::string& columns) {
  return shop +
         fmt::format("[views.{}]\ndoc = \"Eaten.\"\nsql = \"{}\"\n[views.{}.columns]\n{}", name, sql, name, columns);
}

const std::string both =
    "tick = { unit = \"tick\", doc = \"When.\" }\nworth = { unit = \"currency\", doc = \"Spent.\" }\n";
const std::string eaten = "SELECT tick, sum(amount) AS worth FROM flow WHERE market = 'wares' GROUP BY tick";

TEST_F(Command, ResultsHaveTheViewsThatTheirWorldDeclares) {
  write("views.toml", shop_with("meals", eaten, both) + R"([views.meals_in_all]
doc = "All of them, of another view."
sql = "SELECT sum(worth) AS worth FROM meals"
columns.worth = { unit = "currency", doc = "Spent." }
)");
  EXPECT_EQ(ondol("run views.toml -o shop.db").code, 0);
  EXPECT_EQ(ask(folder_ / "shop.db", "SELECT worth FROM meals WHERE tick = 2"), (std::vector<Row>{{"20.0"}}));
  EXPECT_EQ(ask_one(folder_ / "shop.db", "SELECT worth FROM meals_in_all"), "120.0");
  EXPECT_EQ(ask(folder_ / "shop.db",
                "SELECT unit, meaning FROM column_doc WHERE table_name = 'meals' AND column_name = 'worth'"),
            (std::vector<Row>{{"USD", "Spent."}}));
}

TEST_F(Command, ViewsThatCannotBeMadeAreRefusedBeforeTheRun) {
  const auto refused = [&](const std::string& text) {
    write("views.toml", text);
    const Outcome outcome = ondol("check views.toml");
    EXPECT_EQ(outcome.code, 3);
    EXPECT_THAT(outcome.err, HasSubstr("views.toml:"));
    return outcome.err;
  };
  EXPECT_THAT(refused(shop_with("meals", "SELECT tick, sum(amuont) AS worth FROM flow", both)),
              HasSubstr("no such column: amuont"));
  EXPECT_THAT(refused(shop_with("flow", eaten, both)), HasSubstr("already exists"));
  EXPECT_THAT(refused(shop_with("meals", eaten, "tick = { unit = \"tick\", doc = \"When.\" }\n")),
              HasSubstr("column 'worth' is not described"));
  EXPECT_THAT(refused(shop_with("meals", eaten, both + "wroth = { unit = \"1\", doc = \"None.\" }\n")),
              HasSubstr("has no column 'wroth'"));
  EXPECT_THAT(refused(shop_with("meals", "SELECT * FROM meals", both)), HasSubstr("circular"));
}

TEST_F(Command, FilesAreLaidOverAWorldInOrder) {
  write("few.toml", "populations.eaters.count = 2\n");
  write("one.toml", "populations.eaters.count = 1\n");
  const auto eaters = [&](const std::string& with) {
    EXPECT_EQ(ondol("run shop.toml --overwrite " + with).code, 0);
    return ask_one(folder_ / "shop.db", "SELECT count(*) FROM eater WHERE tick = 0");
  };
  EXPECT_EQ(eaters(""), "4");
  EXPECT_EQ(eaters("--with few.toml"), "2");
  EXPECT_EQ(eaters("--with few.toml --with one.toml"), "1");
  EXPECT_EQ(eaters("--with one.toml --with few.toml"), "2");
  EXPECT_EQ(eaters("--with one.toml --set populations.eaters.count=3"), "3");
  EXPECT_EQ(ask(folder_ / "shop.db", "SELECT value, value_before FROM setting WHERE path = 'populations.eaters.count'"),
            (std::vector<Row>{{"1", "4"}, {"3", "1"}}));
  const Outcome missing = ondol("run shop.toml --with nobody.toml");
  EXPECT_EQ(missing.code, 3);
  EXPECT_THAT(missing.err, HasSubstr("nobody.toml"));
}

}  // namespace
}  // namespace ondol::test
