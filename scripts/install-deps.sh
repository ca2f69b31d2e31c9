#!/bin/sh
# Install what is missing from scripts/packages (Debian, Ubuntu); elsewhere name it.
cd "$(dirname "$0")/.." || exit 1
missing=
for p in $(sed -e '/^#/d' -e 's/ .*//' scripts/packages); do
	dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $p"
done
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
	command -v pkg-config >/dev/null 2>&1 && pkg-config --exists glib-2.0 json-glib-1.0 gsl libpcap && exit 0
	echo "This is not Debian or Ubuntu. natnap needs what these Debian packages hold:" >&2
	sed -n '/^#/!p' scripts/packages >&2
	exit 1
fi
echo "installing by apt:$missing"
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >/dev/null && $sudo apt-get install -q -y --no-install-recommends $missing >/dev/null || {
	echo "could not install:$missing" >&2
	exit 1
}
