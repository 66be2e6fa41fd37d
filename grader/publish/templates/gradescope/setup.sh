#!/usr/bin/env bash
# Gradescope runs this once, when it builds the image: Python, bubblewrap, the grader in a .venv beside this file.
set -eu
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive
fits() { command -v "$1" >/dev/null && "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))'; }

if command -v apt-get >/dev/null; then
    apt-get update -qq || true
    command -v bwrap >/dev/null || apt-get install -y -qq bubblewrap || true
fi
python=""
for candidate in python3 python3.13 python3.12 python3.11; do
    fits "$candidate" 2>/dev/null || apt-get install -y -qq "$candidate" "$candidate-venv" 2>/dev/null || true
    if fits "$candidate" 2>/dev/null; then python="$candidate"; break; fi
done
[ -n "$python" ] || { echo "Python 3.11 to 3.14 is needed: choose Ubuntu 22.04 or later as the base image" >&2; exit 1; }
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps ./*.whl
