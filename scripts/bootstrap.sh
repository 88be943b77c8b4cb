#!/bin/sh
# From a fresh clone to a running command: installs the packages, builds, and for what needs more than Node installs the
# system's packages too (as root on Debian or Ubuntu) or says which are missing. `npm run demo|start|test|bench` all come
# through here. Shell, because nothing else is there before the packages are.
set -eu
cd "$(dirname "$0")/.."
task=$1
shift

say() { echo "steerlab: $*" >&2; }

node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' || {
  say "needs Node 20.19 or later; this is $(node --version)"
  exit 2
}

# The packages: once, and again when the lock file has changed.
if ! cmp -s package-lock.json node_modules/.steerlab-lock 2>/dev/null; then
  say 'installing the npm packages'
  # Not `npm ci`: it refuses a lock file written where the registry lacks some platforms' optional packages.
  npm install --no-save --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json node_modules/.steerlab-lock
fi
# tap is built for the plugins of .taprc, once for each installation.
if [ "$task" = test ] && [ ! -e node_modules/.steerlab-tap ]; then
  node_modules/.bin/tap build >/dev/null
  touch node_modules/.steerlab-tap
fi
rm -rf build/test
node_modules/.bin/tsc >&2
chmod +x build/scripts/cli.js

# System packages by the command that shows they are there. Ordinary users' PATH may lack /usr/sbin.
PATH="$PATH:/usr/sbin:/sbin"
missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
case $task in
demo | test | bench)
  need nft nftables
  need ip iproute2
  need curl curl
  [ -e /etc/ssl/certs/ca-certificates.crt ] || missing="$missing ca-certificates"
  ;;
esac
if [ "$task" = test ]; then
  need dig dnsutils
  need openssl openssl
  need git git
  need chromium chromium
  need lnav lnav
  need grok grok
  need wget wget
  need go golang-go
  need java default-jre-headless
  need certutil libnss3-tools
  need tshark tshark
  need tcpdump tcpdump
  need unzip unzip
  # Debian's own Python, not one that shadows it.
  /usr/bin/python3 -c 'import requests' 2>/dev/null || missing="$missing python3-requests"
  /usr/bin/python3 -c 'import pip' 2>/dev/null || missing="$missing python3-pip"
fi
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "installing system packages:$missing"
    apt-get update -qq >/dev/null 2>&1 || true
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1 ||
      say "apt-get could not install them; going on without"
  else
    say "missing system packages; with them more can be shown: apt-get install$missing"
  fi
fi

case $task in
up) exec node --max-semi-space-size=64 build/scripts/cli.js up "$@" ;;
demo) exec node --max-semi-space-size=64 build/scripts/demo/demo.js "$@" ;;
bench) exec node build/scripts/bench/bench.js "$@" ;;
test) exec node build/scripts/run-tests.js "$@" ;;
*)
  say "no such task: $task"
  exit 2
  ;;
esac
