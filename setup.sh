#!/bin/sh
# Makes .venv/ from the lock file and sees to bubblewrap. Called by the Makefile when something is missing.
# With --works it only says, by its exit status, whether .venv runs, and runs what lies in this folder.
set -eu

works() {
    .venv/bin/python -P -c 'import os, sys, grader
sys.exit(not os.path.samefile(grader.__file__, "grader/__init__.py"))' >/dev/null 2>&1
}

if [ "${1:-}" = --works ]; then works; exit; fi

PYTHON="${PYTHON:-python3}"

if ! command -v bwrap >/dev/null 2>&1 && [ "$(uname -s)" = Linux ]; then
    if [ "$(id -u)" = 0 ]; then as_root=""; elif sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root=none; fi
    if [ "$as_root" = none ]; then :
    elif command -v apt-get >/dev/null 2>&1; then
        echo "setup: installing bubblewrap"
        { $as_root apt-get update -qq && $as_root apt-get install -y -qq bubblewrap; } >/dev/null 2>&1 || true
    elif command -v dnf >/dev/null 2>&1; then
        echo "setup: installing bubblewrap"
        $as_root dnf install -y -q bubblewrap >/dev/null 2>&1 || true
    fi
fi
command -v bwrap >/dev/null 2>&1 || echo \
    "setup: bubblewrap is missing: install it (Debian, Ubuntu: apt-get install bubblewrap; Fedora: dnf install bubblewrap); submissions are graded inside it"

works || rm -rf .venv
if command -v uv >/dev/null 2>&1; then
    echo "setup: installing the locked dependencies into .venv (uv)"
    uv venv --quiet --allow-existing --python '>=3.11,<3.15' .venv
    uv pip install --quiet --python .venv/bin/python --require-hashes -r locks/dev.txt
    uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
else
    "$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' || {
        echo "setup: $PYTHON is $("$PYTHON" --version 2>&1); Python 3.11 to 3.14 is needed: make PYTHON=/path/to/python3.12 ..." >&2
        exit 2
    }
    echo "setup: installing the locked dependencies into .venv (pip)"
    "$PYTHON" -m venv .venv || {
        echo "setup: $PYTHON cannot make a virtual environment (Debian, Ubuntu: apt-get install python3-venv)" >&2
        exit 2
    }
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
fi

# CUDA C++ is run by a C++ compiler: the machine's, or one from a package.
if ! command -v g++ >/dev/null 2>&1 && ! command -v clang++ >/dev/null 2>&1; then
    echo "setup: no g++ or clang++ here: installing the compiler of ziglang into .venv"
    if command -v uv >/dev/null 2>&1; then
        uv pip install --quiet --python .venv/bin/python --require-hashes -r locks/compiler.txt
    else
        .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/compiler.txt
    fi
fi
