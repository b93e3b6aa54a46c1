// Lines of credit: what a lender that issues money lets a debtor draw, within a step, where its own money ends.
#include "ledger/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ondol {

namespace {

constexpr Index money = 0;  // among instruments

}  // namespace

bool Ledger::issues(Index agent, Index instrument) const {
  return issues_port_[place(agent).population * model_.instruments.size() + instrument] != none;
}

void Ledger::grant_line(Index lender, Index debtor, Index instrument, Units limit, double rate) {
  const std::string& name = model_.instruments[instrument].name;
  if (!issues(lender, money))
    throw Violation{lender,
                    fmt::format("grants a line of '{}' without issuing money, in which it would be paid", name)};
  if (!issues(debtor, instrument))
    throw Violation{lender, fmt::format("grants a line of '{}' to an agent that does not issue it", name)};
  claims_changed_ = true;
  Lines& lines = state_.lines;
  for (const Index line : lines_.of(debtor)) {
    if (lines.lender[line] != lender || lines.instrument[line] != instrument || lines.limit[line] == 0) continue;
    ended_lines_ += limit == 0;
    lines.limit[line] = limit;
    lines.rate[line] = rate;
    return;
  }
  if (limit == 0) return;
  if (!lines_.indexed()) lines_.index(lines.debtor);
  lines_.add(debtor);
  lines.instrument.push_back(instrument);
  lines.debtor.push_back(debtor);
  lines.lender.push_back(lender);
  lines.limit.push_back(limit);
  lines.rate.push_back(rate);
}

Units Ledger::undrawn(Index line) const {
  const Lines& lines = state_.lines;
  Units left = lines.limit[line];
  for (const Index claim : claims_issued_by(lines.debtor[line])) {
    if (state_.claims.holder[claim] == lines.lender[line] && state_.claims.instrument[claim] == lines.instrument[line])
      left -= state_.claims.amount[claim];
  }
  return std::max<Units>(0, left);
}

Units Ledger::draw(Index debtor, Units amount) {
  const Lines& lines = state_.lines;
  Units left = amount;
  for (const Index line : lines_.of(debtor)) {
    const Units part = std::min(left, undrawn(line));
    if (part == 0) continue;
    const Index lender = lines.lender[line];
    const Index instrument = lines.instrument[line];
    issue_money(lender, part);
    reserve(place(lender), part);
    transfer(lender, debtor, part, model_.instruments[instrument].principal_purpose);
    add_claim(instrument, debtor, lender, part, 0, lines.rate[line], 0);
    left -= part;
  }
  return amount - left;
}

// Those it may draw, and those it granted: only who issues money grants any.
void Ledger::leave_lines(Index agent) {
  Lines& lines = state_.lines;
  const auto end = [&](Index line) { ended_lines_ += std::exchange(lines.limit[line], 0) != 0; };
  for (const Index line : lines_.of(agent)) end(line);
  if (!issues(agent, money)) return;
  for (Index line = 0; line < lines.size(); ++line) {
    if (lines.lender[line] == agent) end(line);
  }
}

void Ledger::refresh_lines() {
  Lines& lines = state_.lines;
  if (lines.size() == 0) return;
  const auto each = [&](auto&& use) {
    for (Index line = 0; line < lines.size(); ++line) {
      const Place at = place(lines.debtor[line]);
      if (at.row == none) continue;
      const Index port = issues_port_[at.population * model_.instruments.size() + lines.instrument[line]];
      use(line, population(at).line.at(at.row), population(at).ports[port].line.at(at.row));
    }
  };
  each([](Index, Units& all, Units& of_port) { all = of_port = 0; });
  each([this](Index line, Units& all, Units& of_port) {
    const Units left = undrawn(line);
    all += left;
    of_port += left;
  });
  if (ended_lines_ * 2 < lines.size()) return;
  lines_.clear(lines.debtor);
  std::size_t kept = 0;
  for (std::size_t line = 0; line < lines.size(); ++line) {
    if (lines.limit[line] != 0) lines.move_row(kept++, line);
  }
  lines.resize(kept);
  ended_lines_ = 0;
  if (kept > 0) lines_.index(lines.debtor);
}

}  // namespace ondol
