// SPDX-License-Identifier: GPL-2.0-only
// Requests of ioctl(2) to a terminal of its own: its two ends, by the numbers of
// asm-generic/ioctls.h.
#include <sys/ioctl.h>
#include <termios.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr uint32_t termios_size = 36, termios2_size = 44, termio_size = 18; ///< of the kernel's

/// struct termios: 8 bits, may be read, B38400, line by line.
constexpr uint32_t plain[11] = {0, 0, 0xbf, 0x2};
constexpr Image terminals[] = {{plain, termios_size}};
constexpr Image terminals2[] = {{plain, termios2_size}};
/// struct termio: the same.
constexpr uint16_t short_plain[9] = {0, 0, 0xbf, 0x2};
constexpr Image short_terminals[] = {like(short_plain)};
constexpr Image no_locks[] = {{nullptr, termios_size}};
constexpr uint16_t same_size[4] = {24, 80, 0, 0};
constexpr Image sizes[] = {like(same_size)};
constexpr Image no[] = {{nullptr, sizeof(int)}};

constexpr Row get(std::string_view name, uint32_t request, Extent extent, std::string_view by,
		  Word of = second)
{
	return {name, trap(SYS_ioctl), {of, request, it}, out, extent, on::terminal,
		{},   {.by = by}};
}

constexpr Row set(std::string_view name, uint32_t request, Extent extent,
		  std::span<const Image> value, std::string_view by, Word of = second,
		  Care care = Care::none)
{
	return {name,
		trap(SYS_ioctl),
		{of, request, it},
		in,
		extent,
		on::terminal,
		{.images = value, .holds = 0},
		{.by = by},
		Tries::plain,
		care};
}

// clang-format off
constexpr Row table[] = {
	get("ioctl.TCGETS", TCGETS, bytes(termios_size), "tty_mode_ioctl"),
	set("ioctl.TCSETS", TCSETS, bytes(termios_size), terminals, "set_termios"),
	set("ioctl.TCSETSW", TCSETSW, bytes(termios_size), terminals, "set_termios"),
	set("ioctl.TCSETSF", TCSETSF, bytes(termios_size), terminals, "set_termios"),
	get("ioctl.TCGETS2", 0x802c542a, bytes(termios2_size), "tty_mode_ioctl"),
	set("ioctl.TCSETS2", 0x402c542b, bytes(termios2_size), terminals2, "set_termios"),
	get("ioctl.TCGETA", TCGETA, bytes(termio_size), "get_termio"),
	set("ioctl.TCSETA", TCSETA, bytes(termio_size), short_terminals,
	    "user_termio_to_kernel_termios"),
	get("ioctl.TIOCGLCKTRMIOS", TIOCGLCKTRMIOS, bytes(termios_size), "tty_mode_ioctl"),
	set("ioctl.TIOCSLCKTRMIOS", TIOCSLCKTRMIOS, bytes(termios_size), no_locks, "tty_mode_ioctl",
	    second, Care::root),
	get("ioctl.TIOCGSOFTCAR", TIOCGSOFTCAR, one<int>, "tty_mode_ioctl"),
	set("ioctl.TIOCSSOFTCAR", TIOCSSOFTCAR, one<int>, no, "tty_mode_ioctl"),
	get("ioctl.TIOCGWINSZ", TIOCGWINSZ, bytes(8), "tiocgwinsz"),
	set("ioctl.TIOCSWINSZ", TIOCSWINSZ, bytes(8), sizes, "tiocswinsz"),
	get("ioctl.TIOCGPGRP", TIOCGPGRP, one<int>, "tiocgpgrp", object),
	get("ioctl.TIOCINQ", FIONREAD, one<int>, "n_tty_ioctl"),
	get("ioctl.TIOCOUTQ", TIOCOUTQ, one<int>, "n_tty_ioctl"),
	get("ioctl.TIOCGETD", TIOCGETD, one<int>, "tiocgetd"),
	set("ioctl.TIOCSETD", TIOCSETD, one<int>, no, "tiocsetd"),
	get("ioctl.TIOCGDEV", TIOCGDEV, one<uint32_t>, "tty_ioctl"),
	get("ioctl.TIOCGEXCL", TIOCGEXCL, one<int>, "tty_ioctl"),
	get("ioctl.TIOCGPTN", TIOCGPTN, one<uint32_t>, "pty_unix98_ioctl", object),
	set("ioctl.TIOCSPTLCK", TIOCSPTLCK, one<int>, no, "pty_set_lock", object),
	get("ioctl.TIOCGPTLCK", TIOCGPTLCK, one<int>, "pty_get_lock", object),
	set("ioctl.TIOCPKT", TIOCPKT, one<int>, no, "pty_set_pktmode", object),
	get("ioctl.TIOCGPKT", TIOCGPKT, one<int>, "pty_get_pktmode", object),
	set("ioctl.FIOASYNC", FIOASYNC, one<int>, no, "ioctl_fioasync"),
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
