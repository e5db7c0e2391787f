// SPDX-License-Identifier: GPL-2.0-only
// Operations of keyctl(2), on a key of the process's own or on none at all, and rules of Landlock.
#include <cerrno>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <sys/uio.h>

#include "tests/rows/rows.h"

namespace tagtrap::rows {

namespace {

constexpr int no_key = 0, process_ring = KEY_SPEC_PROCESS_KEYRING;
constexpr char type[] = "user", description[] = "tagtrap-none";
constexpr Image strings[] = {like(type), like(description)};
constexpr iovec part = {nullptr, 16};
constexpr Image parts[] = {like(part, {{{0, 8, spare}}})};
constexpr keyctl_dh_params no_numbers = {};
constexpr Image numbers[] = {like(no_numbers)};
constexpr keyctl_pkey_params no_params = {};
constexpr Image params[] = {like(no_params), like(description)};

constexpr landlock_ruleset_attr to_execute = {LANDLOCK_ACCESS_FS_EXECUTE};
constexpr Image rulesets[] = {like(to_execute)};
constexpr uint32_t path_rule = 12, port_rule = 16; ///< bytes of the attributes of rules
constexpr int of_port = 2;                         ///< LANDLOCK_RULE_NET_PORT
constexpr Image nothing_allowed[] = {{nullptr, path_rule}};

// clang-format off
constexpr Row table[] = {
	{"keyctl.KEYCTL_JOIN_SESSION_KEYRING", trap(SYS_keyctl), {KEYCTL_JOIN_SESSION_KEYRING, it},
	 in, text(32), on::itself, {.text = ".tagtrap"},
	 {.yields = fails(EPERM), .by = "strndup_user"}},
	{"keyctl.KEYCTL_UPDATE", trap(SYS_keyctl), {KEYCTL_UPDATE, object, it, size}, in,
	 bytes(on::key_length), on::key, {}, {.by = "keyctl_update_key"}},
	{"keyctl.KEYCTL_DESCRIBE", trap(SYS_keyctl), {KEYCTL_DESCRIBE, object, it, size}, out,
	 bytes(26), on::key, {}, {.yields = 26, .by = "keyctl_describe_key"}, {}, Care::root},
	{"keyctl.KEYCTL_READ", trap(SYS_keyctl), {KEYCTL_READ, object, it, size}, out,
	 bytes(on::key_length), on::key, {},
	 {.yields = on::key_length, .by = "keyctl_read_key"}},
	{"keyctl.KEYCTL_SEARCH.type", trap(SYS_keyctl),
	 {KEYCTL_SEARCH, process_ring, it, image(1), 0}, in, text(32), on::key,
	 {.images = strings, .text = "tagtrap"},
	 {.yields = fails(ENOKEY), .by = "key_get_type_from_user"}},
	{"keyctl.KEYCTL_SEARCH.description", trap(SYS_keyctl),
	 {KEYCTL_SEARCH, process_ring, image(0), it, 0}, in, text(64), on::key,
	 {.images = strings, .text = "none"}, {.yields = fails(ENOKEY), .by = "strndup_user"}},
	{"keyctl.KEYCTL_INSTANTIATE_IOV", trap(SYS_keyctl),
	 {KEYCTL_INSTANTIATE_IOV, no_key, it, 1, 0}, in, one<iovec>, on::itself,
	 {.images = parts, .holds = 0}, {.yields = fails(EPERM), .by = "__import_iovec"}},
	{"keyctl.KEYCTL_GET_SECURITY", trap(SYS_keyctl), {KEYCTL_GET_SECURITY, object, it, size},
	 out, bytes(1), on::key, {}, {.yields = a_number, .by = "keyctl_get_security"}},
	{"keyctl.KEYCTL_DH_COMPUTE", trap(SYS_keyctl), {KEYCTL_DH_COMPUTE, it, spare, 64, 0}, in,
	 one<keyctl_dh_params>, on::itself, {.images = numbers, .holds = 0},
	 {.yields = fails(ENOKEY), .by = "__keyctl_dh_compute"}},
	{"keyctl.KEYCTL_PKEY_QUERY", trap(SYS_keyctl), {KEYCTL_PKEY_QUERY, no_key, 0, it, spare},
	 in, text(64), on::itself, {.text = "tagtrap"},
	 {.yields = fails(EINVAL), .by = "strndup_user"}},
	{"keyctl.KEYCTL_PKEY_ENCRYPT", trap(SYS_keyctl),
	 {KEYCTL_PKEY_ENCRYPT, it, image(1), spare, spare}, in, one<keyctl_pkey_params>, on::itself,
	 {.images = params, .holds = 0}, {.yields = fails(EINVAL),
	 .by = "keyctl_pkey_params_get_2"}},
	{"keyctl.KEYCTL_RESTRICT_KEYRING.type", trap(SYS_keyctl),
	 {KEYCTL_RESTRICT_KEYRING, process_ring, it, image(1)}, in, text(32), on::key,
	 {.images = strings, .text = "tagtrap"},
	 {.yields = fails(ENOKEY), .by = "key_get_type_from_user"}},
	{"keyctl.KEYCTL_RESTRICT_KEYRING.restriction", trap(SYS_keyctl),
	 {KEYCTL_RESTRICT_KEYRING, process_ring, image(1), it}, in, text(64), on::key,
	 {.images = strings, .text = "tagtrap"}, {.yields = fails(ENOKEY), .by = "strndup_user"}},
	{"keyctl.KEYCTL_CAPABILITIES", trap(SYS_keyctl), {KEYCTL_CAPABILITIES, it, size}, out,
	 bytes(8), on::itself, {}, {.yields = a_number, .by = "keyctl_capabilities"}},

	{"landlock_create_ruleset.attr", trap(SYS_landlock_create_ruleset), {it, size, 0}, in,
	 one<uint64_t>, on::itself, {.images = rulesets, .holds = 0},
	 {.yields = a_handle, .by = "copy_min_struct_from_user"}},
	{"landlock_add_rule.path_beneath", trap(SYS_landlock_add_rule),
	 {object, LANDLOCK_RULE_PATH_BENEATH, it, 0}, in, bytes(path_rule), on::rights,
	 {.images = nothing_allowed, .holds = 0},
	 {.yields = fails(ENOMSG), .by = "add_rule_path_beneath"}},
	{"landlock_add_rule.net_port", trap(SYS_landlock_add_rule), {object, of_port, it, 0}, in,
	 bytes(port_rule), on::rights, {.images = nothing_allowed, .holds = 0},
	 {.yields = fails(ENOMSG), .by = "add_rule_net_port", .absent = EINVAL}},
};
// clang-format on
const RegisteredRows registered(table);

} // namespace

} // namespace tagtrap::rows
