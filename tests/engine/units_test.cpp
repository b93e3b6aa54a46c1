// What a world file may say about units and quantities, what it comes to, and how mistakes are answered.
#include <ondol/engine/error.hpp>
#include <ondol/engine/units.hpp>

#include <gtest/gtest.h>

#include <locale>
#include <string>

namespace {

using ondol::Error;
using ondol::ErrorCode;
using ondol::Unit;
using ondol::UnitTable;

/// A world that accounts in USD, where 1250 KRW are worth one, with two goods.
class Units : public testing::Test {
 protected:
  Units() {
    table.define_currency("USD", 1);
    table.define_currency("KRW", 1.0 / 1250);
    table.define("accelerator");
    table.define("token", {}, true);
  }

  double read(std::string_view text, std::string_view unit) const { return table.read(text, table.parse(unit)); }

  template <class Action>
  static std::string refusal(Action action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::world);
      return error.what();
    }
    return "accepted";
  }
  std::string refusal_of_unit(std::string_view text) const {
    return refusal([&] { table.parse(text); });
  }
  std::string refusal_of_quantity(std::string_view text) const {
    return refusal([&] { table.parse_quantity(text); });
  }

  UnitTable table;
};

TEST_F(Units, ReadsQuantitiesInTheUnitOfTheField) {
  EXPECT_EQ(read("35e9 USD", "money"), 35e9);
  EXPECT_EQ(read("3 GW", "MW"), 3000);
  EXPECT_EQ(read("18000 accelerator", "accelerator"), 18000);
  EXPECT_EQ(read("0.09 USD/kWh", "USD/MWh"), 90);
  EXPECT_DOUBLE_EQ(read("117e12 KRW", "USD"), 93.6e9);
  EXPECT_EQ(read("12 %", "1"), 0.12);
  EXPECT_EQ(read("57 %", "1"), 0.57);
  EXPECT_EQ(read("0.12", "%"), 12);
  EXPECT_EQ(read("-4.5 USD", "USD"), -4.5);
}

TEST_F(Units, ReadsNumbersAsTomlWritesThem) {
  EXPECT_EQ(read("1_000_000 USD", "USD"), 1e6);
  EXPECT_EQ(read("+2.5E+3USD", "USD"), 2500);
  EXPECT_EQ(read("  7\tUSD ", "USD"), 7);
}

TEST_F(Units, RefusesNumbersThatAreMalformedOrNotFinite) {
  for (const char* text : {"", " ", "USD", "nan USD", "inf USD", "-infinity", "1e999 USD", "1.2.3 USD", "1__0 USD",
                           "1_ USD", "1,000 USD", "0x10 USD", "--1 USD", "1e USD"}) {
    EXPECT_NE(refusal_of_quantity(text), "accepted") << text;
  }
  EXPECT_EQ(refusal_of_quantity("about 3 GW"), "expected a number, then its unit, at column 1 of \"about 3 GW\"");
  EXPECT_EQ(refusal_of_quantity(" 1.2.3 USD"),
            "expected a finite decimal number, found '1.2.3' at column 2 of \" 1.2.3 USD\"");
}

TEST_F(Units, ReadsTheSameInEveryLocale) {
  struct DecimalComma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale(), new DecimalComma));
  EXPECT_EQ(read("0.5 USD", "USD"), 0.5);
  EXPECT_NE(refusal_of_quantity("0,5 USD"), "accepted");
  EXPECT_NE(refusal([&] { table.read_number(0.5, table.parse("USD")); }).find("0.5 USD"), std::string::npos);
  std::locale::global(before);
}

TEST_F(Units, RelateMonthsAndYearsExactly) {
  EXPECT_EQ(read("1 month", "h"), 730.5);
  EXPECT_EQ(read("1 year", "month"), 12);
  EXPECT_EQ(read("1 year", "h"), 8766);
  EXPECT_EQ(read("1 quarter", "month"), 3);
  EXPECT_EQ(read("1 week", "h"), 168);
  for (const double yearly : {0.01, 0.05, 0.07, 0.12, 0.3}) {
    EXPECT_EQ(table.convert({yearly, table.parse("1/year"), {}}, table.parse("1/month")), yearly / 12);
    EXPECT_EQ(table.convert({yearly, table.parse("1/month"), {}}, table.parse("1/year")), yearly * 12);
  }
}

TEST_F(Units, FollowAlgebra) {
  EXPECT_EQ(table.parse("W"), table.parse("J/s"));
  EXPECT_EQ(table.parse("kWh"), table.parse("kW*h"));
  EXPECT_EQ(table.parse("MW*month"), table.parse("month*MW"));
  EXPECT_EQ(table.parse("t"), table.parse("Mg"));
  EXPECT_EQ(table.parse("m^2"), table.parse("m*m"));
  EXPECT_EQ(table.parse("km^-2"), table.parse("1/(km*km)"));
  EXPECT_EQ(table.parse("money/MW/month"), table.parse("money / ( MW * month )"));
  EXPECT_EQ(table.parse("FLOP/s") * table.parse("s"), table.parse("FLOP"));
  EXPECT_EQ(table.parse("m").power(3), table.parse("m^3"));
  EXPECT_EQ(table.parse("s^0"), Unit());
  EXPECT_EQ(table.parse("USD"), table.parse("money"));
  EXPECT_FALSE(table.parse("kWh") == table.parse("Wh"));
  EXPECT_FALSE(table.parse("MW*month") == table.parse("MW/month"));
  EXPECT_TRUE(table.parse("Wh/J").dimensionless());
  EXPECT_FALSE(table.parse("Wh/J") == Unit());
}

TEST_F(Units, TakePrefixesWhereTheyMakeSense) {
  EXPECT_EQ(read("1 EFLOP/s", "PFLOP/s"), 1000);
  EXPECT_EQ(read("1 GB", "Mbit"), 8000);
  EXPECT_EQ(read("2 Ttoken", "Gtoken"), 2000);  // declared prefixable
  EXPECT_EQ(read("250 ms", "s"), 0.25);
  EXPECT_EQ(read("1 min", "s"), 60);  // a minute, not a milli-anything
  for (const char* name : {"kaccelerator", "MUSD", "kh", "kyear", "kkW", "k%", "Mmoney"}) {
    EXPECT_NE(refusal_of_unit(name), "accepted") << name;
  }
}

TEST_F(Units, KeepAReadableText) {
  EXPECT_EQ(to_string(table.parse(" USD / kWh ")), "USD/kWh");
  EXPECT_EQ(to_string(Unit()), "1");
  for (const char* text : {"money/(MW*month)", "1/year", "(m/s)^2", "m^-2", "token/(USD/person)", "m*(s/kg)", "%"}) {
    const Unit unit = table.parse(text);
    EXPECT_EQ(to_string(unit), text);
    EXPECT_EQ(table.parse(to_string(unit)), unit);
  }
}

TEST_F(Units, OfAPortStandForItsPlaceholder) {
  const auto port_units = [](std::string_view port) -> std::string {
    if (port == "output") return "token";
    if (port == "energy") return "MW*h";
    throw Error(ErrorCode::world, "no port '" + std::string(port) + "'");
  };
  EXPECT_EQ(table.parse("USD/{output}", port_units), table.parse("USD/token"));
  EXPECT_EQ(to_string(table.parse("USD/{ energy }", port_units)), "USD/(MW*h)");
  EXPECT_EQ(table.parse("USD/{energy}", port_units), table.parse("USD/MWh"));
  EXPECT_EQ(refusal([&] { table.parse("USD/{outptu}", port_units); }), "no port 'outptu'");
  EXPECT_EQ(refusal([&] { table.parse("{output", port_units); }),
            "expected '}', found the end at column 8 of \"{output\"");
  EXPECT_NE(refusal_of_unit("USD/{output}").find("at column 5"), std::string::npos);
  EXPECT_NE(refusal([&] { table.parse("{a}", [](std::string_view) { return "{a}"; }); }), "accepted");
}

TEST_F(Units, RefuseAnotherDimensionInWords) {
  EXPECT_EQ(refusal([&] { read("3 GW", "USD/kWh"); }),
            "expected a quantity in USD/kWh (money per energy), got \"3 GW\" (power)");
  EXPECT_EQ(refusal([&] { read("3 USD", "accelerator"); }),
            "expected a quantity in accelerator (accelerator), got \"3 USD\" (money)");
  EXPECT_EQ(refusal([&] { read("3", "1/year"); }),
            "expected a quantity in 1/year (1 per time), got \"3\" (dimensionless)");
  EXPECT_EQ(refusal([&] {
              table.convert({3, table.parse("Ttoken"), {}}, table.parse("money/(MW*month)"));
            }),
            "expected a quantity in money/(MW*month) (money per (power*time)), got \"3 Ttoken\" (token)");
}

TEST_F(Units, RefuseUnknownNamesWithTheNearestOne) {
  EXPECT_EQ(refusal_of_unit("USD/kwh"), "unknown unit 'kwh' at column 5 of \"USD/kwh\"; did you mean 'kWh'?");
  EXPECT_EQ(refusal_of_unit("acelerator"),
            "unknown unit 'acelerator' at column 1 of \"acelerator\"; did you mean 'accelerator'?");
  EXPECT_EQ(refusal_of_quantity("12 months"),
            "unknown unit 'months' at column 4 of \"12 months\"; did you mean 'month'?");
  EXPECT_EQ(refusal_of_unit("zloty"), "unknown unit 'zloty' at column 1 of \"zloty\"");
}

TEST_F(Units, RefuseTextsThatAreNoUnit) {
  EXPECT_EQ(refusal_of_unit(""), "expected a unit, found the end at column 1 of \"\"");
  EXPECT_EQ(refusal_of_unit("USD/"), "expected a unit, found the end at column 5 of \"USD/\"");
  EXPECT_EQ(refusal_of_unit("USD kWh"), "expected '*', '/', '^' or the end, found 'kWh' at column 5 of \"USD kWh\"");
  EXPECT_EQ(refusal_of_unit("USD/(MW*h"), "expected ')', found the end at column 10 of \"USD/(MW*h\"");
  EXPECT_EQ(refusal_of_unit("m^x"), "expected a whole exponent, found 'x' at column 3 of \"m^x\"");
  EXPECT_EQ(refusal_of_unit("1000 m"), "expected a unit, found '1' at column 1 of \"1000 m\"");
  EXPECT_EQ(refusal_of_unit("m^100"), "exponent beyond 99 at column 3 of \"m^100\"");
  for (const char* text :
       {"(m^50)^50", "m^99*m", "(Em)^99", "m^9999999999", "m^-2147483648", "m)", "*m", "m//s", "{}"}) {
    EXPECT_NE(refusal_of_unit(text), "accepted") << text;
  }
  EXPECT_NE(refusal_of_unit(std::string(100000, '(')), "accepted");
}

TEST_F(Units, CountColumnsInCharacters) {
  table.define("원");
  EXPECT_NE(refusal_of_unit("원/원/?").find("found '?' at column 5 of"), std::string::npos);
  EXPECT_NE(refusal_of_unit("원 원").find("found '원' at column 3 of"), std::string::npos);
}

TEST_F(Units, AreDeclaredByTheWorld) {
  table.define("rack", "72 accelerator");
  table.define("tariff_unit", "2.5 USD/kWh");
  EXPECT_EQ(read("2 rack", "accelerator"), 144);
  EXPECT_EQ(read("2 tariff_unit", "USD/kWh"), 5);
  EXPECT_EQ(table.dimension(table.parse("rack")), "accelerator");
  EXPECT_EQ(table.dimension(table.parse("1/tariff_unit")), "1 per (money per energy)");
  EXPECT_FALSE(table.find("shelf"));
  EXPECT_EQ(table.find("Mtoken"), table.parse("Mtoken"));
}

TEST_F(Units, AreNotDeclaredTwiceNorWithoutSense) {
  EXPECT_EQ(refusal([&] { table.define("USD"); }), "there is a unit named 'USD' already");
  EXPECT_EQ(refusal([&] { table.define("GW"); }), "there is a unit named 'GW' already");
  EXPECT_EQ(refusal([&] { table.define("H-100"); }),
            "expected letters, digits and underscores as the name of a unit, found \"H-100\"");
  EXPECT_NE(refusal([&] { table.define("1st"); }), "accepted");
  EXPECT_NE(refusal([&] { table.define(""); }), "accepted");
  EXPECT_NE(refusal([&] { table.define("nothing", "0 USD"); }), "accepted");
  EXPECT_NE(refusal([&] { table.define("rack", "72 acelerator"); }), "accepted");
  EXPECT_NE(refusal([&] { table.define_currency("EUR", -1); }), "accepted");
  EXPECT_FALSE(table.find("EUR"));
}

TEST_F(Units, OfATickDependOnItsLength) {
  EXPECT_NE(refusal([&] { read("1 tick", "month"); }), "accepted");
  EXPECT_EQ(read("3 token/tick", "token/tick"), 3);
  table.set_tick(730.5 * 3600);
  EXPECT_EQ(table.parse("tick"), table.parse("month"));
  EXPECT_EQ(table.dimension(table.parse("USD/tick")), "money per time");
  EXPECT_NE(refusal([&] { table.set_tick(0); }), "accepted");
}

TEST_F(Units, MayBeLeftOutOnlyWhereTheyAreOne) {
  EXPECT_EQ(table.read_number(0.25, Unit()), 0.25);
  EXPECT_EQ(table.read_number(0.25, table.parse("token/token")), 0.25);
  EXPECT_EQ(
      refusal([&] { table.read_number(0.09, table.parse("USD/kWh")); }),
      "expected a quantity in USD/kWh (money per energy) as text, such as \"0.09 USD/kWh\", got the bare number 0.09");
  EXPECT_NE(refusal([&] { table.read_number(12, table.parse("%")); }), "accepted");
  EXPECT_NE(refusal([&] { table.read_number(1.0 / 0.0, Unit()); }), "accepted");
}

TEST_F(Units, RefuseNumbersThatOverflowInTheTarget) {
  EXPECT_EQ(refusal([&] { read("1e308 GW", "nW"); }), "\"1e308 GW\" is too large a number in nW");
}

TEST(ErrorTest, EndsACommandWithItsDocumentedCode) {
  EXPECT_EQ(Error(ErrorCode::usage, "").exit_code(), 2);
  EXPECT_EQ(Error(ErrorCode::world, "").exit_code(), 3);
  EXPECT_EQ(Error(ErrorCode::plugin, "").exit_code(), 4);
  EXPECT_EQ(Error(ErrorCode::run, "").exit_code(), 5);
  EXPECT_EQ(Error(ErrorCode::output, "").exit_code(), 6);
  EXPECT_EQ(Error(ErrorCode::internal, "").exit_code(), 70);
  EXPECT_EQ(Error(ErrorCode::interrupted, "").exit_code(), 130);
}

}  // namespace
