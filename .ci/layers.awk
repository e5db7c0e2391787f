# SPDX-License-Identifier: GPL-2.0-only
# Which layer includes which: the arrows of docs/architecture.md. Reads all sources, prints each
# include that goes the wrong way, and fails when there is one.
BEGIN {
	may["harness/model"] = "harness/model"
	may["harness/sys"] = "harness/sys"
	may["harness/mte"] = "harness/mte harness/sys harness/model"
	may["harness/report"] = "harness/report harness/model"
	may["harness/coverage"] = "harness/coverage harness/model"
	may["harness/sweep"] = "harness/sweep harness/mte harness/sys harness/model"
	may["fixtures"] = "fixtures harness/sys harness/model"
	may["harness/run"] = "harness/run harness/mte harness/sys harness/model fixtures"
	may["harness/cli"] = "harness fixtures tests"
	may["tests"] = "harness fixtures tests"
}

function layer(path) {
	if (match(path, /^harness\/[a-z]+\//))
		return substr(path, 1, RLENGTH - 1)
	return match(path, /^(fixtures|tests)\//) ? substr(path, 1, RLENGTH - 1) : ""
}

function allowed(from, to,    words, i, n) {
	n = split(may[from], words, " ")
	for (i = 1; i <= n; i++)
		if (index(to, words[i] "/") == 1)
			return 1
	return 0
}

/^#include </ && !/catch2/ { next }
/^#include [<"]/ {
	target = $2
	gsub(/[<>"]/, "", target)
	from = layer(FILENAME)
	if (target == "version.h") # made by the build
		next
	if (FILENAME ~ /^fixtures\/(archive|boot|disk|guest|vm)\// && target ~ /^fixtures\/debian\//) {
		printf "%s:%d: a machine knows nothing of Debian, nor of %s\n", FILENAME, FNR, target
		wrong = 1
		next
	}
	if (target ~ /^catch2/ ? from == "tests" : allowed(from, target))
		next
	printf "%s:%d: %s may not include %s\n", FILENAME, FNR, from, target
	wrong = 1
}
END { exit wrong }
