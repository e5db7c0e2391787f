#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The one command: installs what this machine lacks, builds, and hands over to the host program
# (./run.sh --help). What is needed stands in fixtures/debian/host-packages.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
cache=${TAGTRAP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tagtrap}
list=$root/fixtures/debian/host-packages
export PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

say() { printf 'tagtrap: %s\n' "$*" >&2; }
die() { say "$@"; exit "$failed"; }

# needs COLUMN: that column of the rows that apply to this machine and to what is asked for.
needs() {
	awk -v column="$1" -v groups=" $groups " -v skip=" $skip " -v machine="$(uname -m)" '
		BEGIN { dpkg["x86_64"] = "amd64"; dpkg["aarch64"] = "arm64" }
		/^#/ || NF == 0 { next }
		$4 != "all" && $4 != dpkg[machine] { next }
		index(groups, " " $5 " ") && !index(skip, " " $1 " ") { print $column }' "$list"
}

# Whether "command:NAME>=VERSION" or "pkg-config:NAME>=VERSION" is met by what is on PATH.
met() {
	local name=${1#*:} version=0
	[[ $name != *'>='* ]] || version=${name#*>=}
	name=${name%%>=*}
	if [[ $1 == pkg-config:* ]]; then
		pkg-config --atleast-version="$version" "$name" 2>/dev/null
	elif [[ $version == 0 ]]; then
		command -v "$name" >/dev/null
	else
		local have
		have=$("$name" --version 2>/dev/null | grep -oEm1 '[0-9]+\.[0-9]+' | head -n 1) &&
			[[ $(printf '%s\n' "$version" "$have" | sort -V | head -n 1) == "$version" ]]
	fi
}

# Debian packages of the list that are not installed, or too old to be the ones from backports.
missing_packages() {
	local package installed
	for package in $(needs "$column"); do
		installed=$(dpkg-query -W -f '${db:Status-Status} ${Version}' "${package%/*}" 2>/dev/null) || true
		[[ $installed == 'installed '* ]] || { echo "$package"; continue; }
		[[ $package != */backports || $installed == *bpo* ]] ||
			met "$(awk -v p="$package" -v c="$column" '$c == p { print $1 }' "$list")" || echo "$package"
	done
}

# A private apt configuration: this release with its updates and backports, from the mirror that
# the machine's own configuration names. That one stays untouched, and its proxies in force.
private_apt() {
	local mirrors archive security suite
	mirrors=$(LC_ALL=C apt-get update --print-uris |
		sed -nE "s,^'(.*[^/])/*/dists/([^']+)/InRelease'.*,\2 \1,p")
	archive=$(awk '$1 ~ /-updates$/ { print $2; exit }' <<<"$mirrors")
	[[ $archive ]] || archive=$(awk '$1 !~ /[-\/]/ { print $2; exit }' <<<"$mirrors")
	[[ $archive ]] || die "no Debian mirror in this machine's apt configuration: see sources.list(5)"
	security=$(awk '$1 ~ /-security$/ { print $2; exit }' <<<"$mirrors")
	mkdir -p "$apt/lists/partial"
	for suite in "$VERSION_CODENAME"{,-updates,-security,-backports}; do
		[[ $suite != *-backports || $VERSION_ID == 12 ]] || continue
		[[ $suite != *-security ]] || [[ $security ]] || continue
		printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' \
			"$([[ $suite == *-security ]] && echo "$security" || echo "$archive")" "$suite"
	done >"$apt/sources.list"
	cat >"$apt/apt.conf" <<-END
		Dir::Etc::SourceList "$apt/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::State::Lists "$apt/lists";
		APT::Sandbox::User "root";
		Acquire::Languages { "none"; };
		Acquire::Retries "3";
		DPkg::Lock::Timeout "600";
	END
}

# install PACKAGE[/backports]...
install_packages() {
	local apt=$cache/apt/host package own=() newer=() commands=() sudo=() command
	private_apt
	for package; do
		[[ $package == */backports ]] && newer+=("${package%/*}") || own+=("$package")
	done
	local get="apt-get -q -y -c $apt/apt.conf"
	commands=("$get update")
	((${#own[@]} == 0)) || commands+=("$get install --no-install-recommends ${own[*]}")
	((${#newer[@]} == 0)) ||
		commands+=("$get install --no-install-recommends -t $VERSION_CODENAME-backports ${newer[*]}")
	if ((EUID != 0)); then
		if ! command -v sudo >/dev/null || { [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; }; then
			say "these packages are missing: ${own[*]} ${newer[*]}; as root, run"
			printf '  %s\n' "${commands[@]}" >&2
			exit "$failed"
		fi
		sudo=(sudo)
	fi
	say "installing ${own[*]} ${newer[*]}"
	for command in "${commands[@]}"; do
		# shellcheck disable=SC2086 # words of ours, without blanks but for the cache's path
		"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 $command >>"$log" 2>&1 || {
			tail -n 5 "$log" >&2
			die "cannot install what is missing; the whole log is $log"
		}
	done
	((${#sudo[@]} == 0)) || sudo chown -R "$(id -u):$(id -g)" "$apt"
}

# Sees to it that all of $groups is there.
prepare() {
	local column=3 log=$cache/install.log missing=() need stamp
	if [[ $install == yes && $ID == debian ]]; then
		[[ $VERSION_ID != 12 ]] || column=2
		stamp=$cache/ready-$(cat "$list" - <<<"$groups $skip" | sha256sum | cut -c1-16)
		[[ -e $stamp && ! /var/lib/dpkg/status -nt $stamp ]] && return
		mapfile -t missing < <(missing_packages)
		((${#missing[@]} == 0)) || install_packages "${missing[@]}"
		touch "$stamp"
		return
	fi
	while read -r need; do
		met "$need" || missing+=("${need#command:}")
	done < <(needs 1)
	((${#missing[@]} == 0)) || die "missing on this machine: ${missing[*]/#pkg-config:/library }" \
		"(commands and pkg-config names; see fixtures/debian/host-packages)"
}

# build COMMAND...: quiet unless it fails; says now and then how far ninja has got.
build() {
	local log=$root/build/host.log line said=0
	"$@" 2>&1 | while IFS= read -r line; do
		printf '%s\n' "$line"
		if [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] && ((SECONDS >= said + 10)); then
			said=$SECONDS
			printf '  %s of %s steps\n' "${BASH_REMATCH[@]:1}" >&2
		fi
	done >"$log" || { tail -n 15 "$log" >&2; die "the build failed; the whole log is $log"; }
}

groups=run failed=3 skip='' install=yes verb=''
for argument in "$@"; do
	[[ $verb || $argument == -* ]] || verb=$argument
	case $argument in
	--no-install | --offline) install=no ;;
	--kernel=reference* | --kernel=debug*) groups+=' kernel' ;;
	--bisect) groups+=' kernel' failed=128 ;; # git takes 3 for a bad commit
	--kernels=*reference* | --kernels=*debug* | --kernels=*kasan* | --kernels=all) groups+=' kernel' ;;
	esac
done
[[ ! ${TAGTRAP_OFFLINE-} ]] || install=no
[[ ! ${CXX-} ]] || skip+=' command:g++>=12'
[[ ! ${TAGTRAP_CROSS_FILE-} ]] || skip+=' command:aarch64-linux-gnu-g++>=12'
case $verb in
kernel | mutants) groups+=' kernel' ;;
test) groups+=' test kernel' ;;
esac
[[ ${1-} != prepare ]] || groups+=" ${*:2}"

ID=other VERSION_ID=0
# shellcheck disable=SC1091
[[ ! -e /etc/os-release ]] || . /etc/os-release
VERSION_ID=${VERSION_ID:-99} VERSION_CODENAME=${VERSION_CODENAME:-sid}

mkdir -p "$cache" "$root/build" || die "cannot write to $cache; set TAGTRAP_CACHE to a directory"
exec 9>"$cache/host.lock" 8>"$root/build/host.lock"
flock -n 9 || { say 'waiting for another run to finish its preparations'; flock 9; }
prepare
exec 9>&-
[[ ${1-} != prepare ]] || exit 0

flock 8
if [[ ! -e $root/build/host/build.ninja ]]; then
	say 'building'
	rm -rf "$root/build/host"
	build meson setup "$root/build/host" "$root"
fi
build ninja -C "$root/build/host" harness/cli/tagtrap-host
exec 8>&-
exec "$root/build/host/harness/cli/tagtrap-host" "$@"
