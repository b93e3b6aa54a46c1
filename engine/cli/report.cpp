// ondol report: a results file as a page of pictures.
#include "commands.hpp"
#include "output.hpp"

#include <ondol/engine/report.hpp>

namespace ondol::cli {

int report(const ReportChoice& choice) {
  const std::filesystem::path page =
      choice.output.empty() ? std::filesystem::path(choice.results.stem().string() + ".html") : choice.output;
  const Report report = write_report(choice.results, page, choice.overwrite);
  for (const std::string& fault : report.faults) complain("ondol: warning: {}\n", fault);
  say("report in {}: open it in a browser\n", shell_word(page.string()));
  return 0;
}

}  // namespace ondol::cli
