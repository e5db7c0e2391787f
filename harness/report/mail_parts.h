// SPDX-License-Identifier: GPL-2.0-only
// What the mails for a list and for the security contact share.
#pragma once

#include <string>

#include "harness/report/cause.h"
#include "harness/report/mail.h"

namespace tagtrap::mail {

/// Everything that a mail is made of.
struct Matter {
	const Digest &all;
	const Cause &cause;
	const Json &run; ///< that of the point which shows the cause
	Maintained where;
};

std::string subject(const Matter &matter);
std::string summary(const Matter &matter);
std::string cause_text(const Matter &matter);
std::string reproduction(const Matter &matter);
std::string evidence(const Matter &matter);
std::string neighbours(const Matter &matter);
std::string whole_report(const Matter &matter);

} // namespace tagtrap::mail
