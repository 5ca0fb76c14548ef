#!/usr/bin/env bash
# Make .venv, asking Debian for the module that it packages apart where we may; where not, any other Python that has it.
set -eu
python=${PYTHON:-python3}
has_venv() { "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
if ! has_venv "$python"; then
  version=$("$python" -c 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [[ "$(readlink -f "$(command -v "$python")")" == /usr/bin/* ]]; then
    apt-get update -qq && apt-get install -y -qq "python$version-venv" >/dev/null
  elif has_venv python3; then
    python=python3
  else
    echo "Python's venv module is missing. Install it: apt-get install python$version-venv" >&2
    exit 1
  fi
fi
"$python" -m venv .venv
