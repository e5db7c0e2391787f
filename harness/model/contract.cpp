// SPDX-License-Identifier: GPL-2.0-only
#include "harness/model/contract.h"

#include <stdexcept>

namespace tagtrap {

std::string_view to_string(Contract contract)
{
	switch (contract) {
	case Contract::mainline:
		return "mainline";
	case Contract::forced_signal:
		return "forced-signal";
	}
	return "?";
}

std::string_view to_string(SignalPin pin)
{
	switch (pin) {
	case SignalPin::any:
		return "any";
	case SignalPin::segv:
		return "segv";
	case SignalPin::bus:
		return "bus";
	}
	return "?";
}

Contract parse_contract(std::string_view text)
{
	for (const auto contract : {Contract::mainline, Contract::forced_signal})
		if (to_string(contract) == text)
			return contract;
	throw std::invalid_argument("'" + std::string(text) +
				    "' is no contract: mainline or forced-signal");
}

SignalPin parse_signal_pin(std::string_view text)
{
	for (const auto pin : {SignalPin::any, SignalPin::segv, SignalPin::bus})
		if (to_string(pin) == text)
			return pin;
	throw std::invalid_argument("'" + std::string(text) + "' is no signal: any, segv or bus");
}

} // namespace tagtrap
