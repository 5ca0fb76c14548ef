#!/usr/bin/env bash
# Make .venv, asking Debian for the module that it packages apart where we may.
set -eu
python=${PYTHON:-python3}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  version=$("$python" -c 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq "python$version-venv" >/dev/null
  else
    echo "Python's venv module is missing. Install it: apt-get install python$version-venv" >&2
    exit 1
  fi
fi
"$python" -m venv .venv
