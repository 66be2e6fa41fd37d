"""What students can read holds no seed, no hidden case, no mutant and no solution."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.grader.publish.conftest import MUTANTS, SEED

PUBLIC = ("github", "gitlab", "classroom50", "docker")
ANSWERS = ("gradescope", "prairielearn")


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, and every entry of what is a zip (wheels, archives of arrays)."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        yield path.relative_to(folder).as_posix(), data
        yield from entries(path.name, data)


def entries(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.namelist():
                yield f"{name}:{entry}", archive.read(entry)


SECRETS = {
    "the_seed": SEED,
    "a_hidden_case": "hidden-one",
    "a_mutant": "a mutant's own words",
    "a_solution": "out[tuple(slice(None, None, k) for k in step)] = a",
}


@pytest.mark.parametrize("target", PUBLIC)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_public_bundle_does_not_hold(published: Path, target: str, secret: str) -> None:
    held = [data for _, data in contents(published / "course")]
    held.append((published / "course" / "reference" / "conv.py").read_bytes())  # it is behind a link
    assert secret.encode() in b"".join(held), "the course does not hold it"
    assert [name for name, data in contents(published / target) if secret.encode() in data] == []


@pytest.mark.parametrize("target", ["github", "gitlab", "classroom50"])
def test_the_arrays_of_a_public_bundle_are_those_of_visible_cases(published: Path, target: str) -> None:
    found = list((published / target).rglob("*.npz"))
    assert found
    for path in found:
        with np.load(path, allow_pickle=False) as arrays:
            assert {name.partition("/")[0] for name in arrays} and not any("hidden" in n for n in arrays)


def test_the_instructors_bundles_do_hold_them(published: Path) -> None:
    """Else the search above would find nothing anywhere."""
    for target in ANSWERS:
        held = b"".join(data for _, data in contents(published / target))
        assert SEED.encode() in held and MUTANTS.encode() in held and b"hidden-one" in held
