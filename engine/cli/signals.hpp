// Signals that ask a run to end: it does after the tick under way. A second one of the same kind ends the program.
#pragma once

namespace ondol::cli {

// From now on SIGINT, SIGTERM and SIGHUP are requests to end, except those that whoever started us has us ignore.
void heed_signals();
// The signal that asked, or 0.
int signal_to_end();

}  // namespace ondol::cli
