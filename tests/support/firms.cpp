// A firm made of the SDK's parts alone: it buys what it uses, sells what it is told to, and invests in what it buys.
#include <ondol/choice.hpp>
#include <ondol/firm.hpp>
#include <ondol/pricing.hpp>
#include <ondol/sdk.hpp>

namespace {

using namespace ondol;

struct Firm {
  struct Params {
    double wanted;
    double committed;
    double capacity;
    double coming;
    double makes;
    firm::Finance::Params finance;
    pricing::MarkUp::Params pricing;
    choice::OrderBook::Params book;
    choice::Makers::Params makers;
  };
  struct Traits {};
  struct State {
    double invested;
    firm::Finance::State finance;
    pricing::MarkUp::State pricing;
    choice::OrderBook::State book;
  };
  static constexpr Sells output{0, "output", "t"};
  static constexpr Buys input{1, "input", "t"};
  static constexpr Buys machines{2, "machines", "t"};
  static constexpr Observes machine_makers{3, "machine_makers", "order_book"};
  static constexpr firm::Finance finance{4, 0};
  static constexpr pricing::MarkUp pricing{};
  static constexpr choice::OrderBook book{"money/{output}", "{output}/month"};
  static constexpr choice::Makers makers{};

  static void describe(Kind<Firm>& kind) {
    kind.name("firm").doc("Made of parts.");
    kind.param("wanted", &Params::wanted, "money/month").initial(0).doc("Investment that pays.");
    kind.param("committed", &Params::committed, "money").initial(0).doc("Still to be paid for what was ordered.");
    kind.param("capacity", &Params::capacity, "t/month").initial(10).doc("Most that it can make.");
    kind.param("coming", &Params::coming, "t/month").initial(0).doc("Capacity under way.");
    kind.param("makes", &Params::makes, "1").initial(1).doc("Of its capacity, what it makes while it has a backlog.");
    kind.state("invested", &State::invested, "money/month").doc("What it decided to invest.");
    kind.port(output).doc("What it sells.");
    kind.port(input).doc("What it uses.");
    kind.port(machines).optional().doc("What it invests in.");
    kind.port(machine_makers).optional().attributes(choice::Makers::attributes()).doc("Who makes them.");
    kind.part(finance, &Params::finance, &State::finance);
    kind.part(pricing, &Params::pricing, &State::pricing);
    kind.part(book, &Params::book, &State::book);
    kind.part(makers, &Params::makers);
    kind.on<&Firm::work>("work", "Makes, buys and orders.");
    kind.on<&Firm::close>("close", "Finances itself.");
  }

  static void work(const Params& p, const Traits&, State& s, Agent& self) {
    if (finance.is_winding_up(s.finance)) return;
    const double made = self.backlog(output) > 0 ? p.makes * p.capacity * months_per_tick(self) : 0.0;
    self.make(output, made);
    self.offer(output, self.stock(output) + made, 1);
    book.post(p.book, s.book, self, self.backlog(output), 0, self.backlog(output) > 0 ? p.capacity : 0.0, made,
              p.capacity, p.coming);
    pricing.adjust(p.pricing, s.pricing, self, s.book.wait);
    self.use(input, self.available(input));
    self.order(input, 100 * months_per_tick(self), 1);
    if (self.bound(machines)) makers.order(p.makers, self, machines, machine_makers, 1);
  }
  static void close(const Params& p, const Traits&, State& s, Agent& self) {
    finance.observe(p.finance, s.finance, self, self.revenue(output), self.spent(input));
    if (finance.winds_up(p.finance, s.finance, self)) {
      book.shut(s.book);
      return self.withdraw(output);
    }
    s.invested = finance.invest(p.finance, s.finance, self, p.wanted, p.committed);
    finance.settle(p.finance, s.finance, self, p.committed);
  }
};

}  // namespace

ONDOL_PLUGIN("firms", "0.1.0", Firm)
