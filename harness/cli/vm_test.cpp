// SPDX-License-Identifier: GPL-2.0-only
#include "harness/cli/test_steps.h"

namespace tagtrap {

std::vector<TestStep> vm_test_steps()
{
	return {};
}

} // namespace tagtrap
