// Signals that ask a run to end.
#include "signals.hpp"

#include <csignal>
#include <initializer_list>

namespace ondol::cli {

namespace {

volatile std::sig_atomic_t asked = 0;

void on_signal(int signal) { asked = signal; }

}  // namespace

void heed_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    sigaction(signal, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue;
    struct sigaction action {};
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);  // the next one ends the program
    sigaction(signal, &action, nullptr);
  }
  // A limit on the size of files is a failure to write, which has a message.
  std::signal(SIGXFSZ, SIG_IGN);
}

int signal_to_end() { return asked; }

}  // namespace ondol::cli
