/// Plugins are guests of a process: these keep one that breaks something from taking the process with it.
#pragma once

namespace ondol {

/// From now on a call into a plugin that ends in a fatal signal (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) or starts
/// another process fails as one that throws does: the run ends with Error(run), which names plugin, kind, agent, step
/// and tick. The run cannot go on, nor can another one be started safely. For programs that have no handlers of their
/// own for these signals; call it once, before the first run. Library users who do not keep what signals do by default.
void guard_process();

/// For a program's own `exit`, `_exit`, `_Exit` and `quick_exit`, which a plugin's calls then lead to: where the
/// calling thread is in a call into a plugin, that call fails and this does not return; otherwise it does nothing.
void refuse_exit_of_guest(int status);

}  // namespace ondol
