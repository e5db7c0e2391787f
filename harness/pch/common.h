// SPDX-License-Identifier: GPL-2.0-only
// Precompiled: what most files include anyway and what takes long to read. Every file still
// includes what it uses; `meson setup -Db_pch=false` shows one that does not.
#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>
