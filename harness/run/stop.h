// SPDX-License-Identifier: GPL-2.0-only
#pragma once

namespace tagtrap {

/// From now on SIGINT, SIGTERM and SIGHUP only ask this process to stop, unless they are ignored
/// (nohup); SIGPIPE is ignored: a worker that is gone is noticed by EPIPE.
void heed_stop_signals();

/// The signal that asked to stop; 0: none did.
int stop_asked();

} // namespace tagtrap
