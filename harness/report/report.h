// SPDX-License-Identifier: GPL-2.0-only
#pragma once

#include <string>

#include "harness/model/record.h"

namespace tagtrap {

/// The report for a mail to a kernel list: plain ASCII, 72 columns; only ids, commands and
/// addresses are longer.
std::string text_report(const Journal &journal);

/// KTAP version 1: one test per call x place, one subtest in it per point.
std::string ktap_report(const Journal &journal);

/// The same with one test per call x place and no subtests: counts and causes stand in diagnostic
/// lines. For readers that take each point for a row of a page.
std::string grouped_ktap_report(const Journal &journal);

/// JUnit's XML: a testsuite per call x place, a testcase per point. BROKEN is an error.
std::string junit_report(const Journal &journal);

/// JSON of kcidb's schema 5.3. What the kernel's security contact hears of first is left out.
std::string kcidb_report(const Journal &journal);

/// Everything as one JSON document for machines: head, totals, matrix, causes, points.
std::string json_report(const Journal &journal);

} // namespace tagtrap
