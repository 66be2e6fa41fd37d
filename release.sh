#!/bin/sh
# Makes a release: sets the version, gathers the changelog, builds and checks the wheel, commits and tags.
# Called by `make release VERSION=1.2.3`. Nothing is committed unless every check passes, and nothing is pushed.
set -eu
PY=.venv/bin/python
version="${1:-}"
complain() { echo "release: $1" >&2; exit 2; }

expr "$version" : '[0-9]\{1,\}\.[0-9]\{1,\}\.[0-9]\{1,\}$' >/dev/null || complain "expected a version such as 1.2.3: make release VERSION=1.2.3"
[ -z "$(git status --porcelain)" ] || complain "commit or stash your changes first"
git rev-parse -q --verify "refs/tags/v$version" >/dev/null && complain "the tag v$version exists already"

undo() { git reset -q --hard; git clean -qfd CHANGELOG.md changelog.d; }
trap 'undo; echo "release: stopped; nothing was committed" >&2' EXIT

sed -i.before "s/^__version__ = .*/__version__ = \"$version\"/" grader/__init__.py
sed -i.before "s/^version: .*/version: $version/" CITATION.cff
rm -f grader/__init__.py.before CITATION.cff.before
$PY -m towncrier build --yes --version "$version" >/dev/null # it names every file

rm -rf build/dist build/release-check
$PY -m hatchling build -t wheel -d build/dist
wheel="$(ls build/dist/backflip-"$version"-*.whl)"
$PY -m zipfile -l "$wheel" | grep -q 'licenses/LICENSE' || complain "the wheel holds no LICENSE"
$PY -m zipfile -l "$wheel" | grep -q 'grader/py.typed' || complain "the wheel holds no py.typed"
$PY -m venv --system-site-packages build/release-check # the dependencies are those of .venv
build/release-check/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index "$wheel"
(cd build && PYTHONPATH="$(echo ../.venv/lib/python*/site-packages)" release-check/bin/python -m grader --version) |
    grep -qx "grader $version" || complain "the wheel's grader --version is not $version"

git add -A
git commit -qm "Release $version"
git tag -a "v$version" -m "Backflip $version"
trap - EXIT
echo "release: committed and tagged v$version; the wheel is $wheel. Push both with: git push --follow-tags"
