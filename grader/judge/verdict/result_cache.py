"""Caches case results, keyed by a digest of everything that they depend on.

A case's *address* is a digest of the probes, the inputs with their seed, the expected values with their
bounds, the limits, and the surroundings: import rules, provided files, device, sandbox, versions, the
grader's own code. Together with the digest of the submission's files it names a result. Points, weights,
visibility and help are not part of it: they change a result's worth, not the result. If a criterion's time
was used up, the results of its cases depend on how many ran before. So none of them is cached, and all run
again.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from grader.judge.case_selection.other_values import SUFFIX
from grader.judge.code_digest import code_digest
from grader.judge.comparison import DTYPE, Oracle
from grader.judge.comparisons import draws, judged_draws
from grader.judge.differences.probe_values import NO_VALUE, text_of
from grader.model.assignment import Assignment, Case, Criterion
from grader.model.grade import NOT_A_RUN, CheckResult, Status
from grader.model.surroundings import Device, Sandbox

MOST_KNOWN = 10_000


class CaseKeys:
    """The addresses of an assignment's cases; remembers those that are the same for every submission."""

    def __init__(self, assignment: Assignment, sandbox: Sandbox, device: Device) -> None:
        provided = {n: hashlib.sha256(c).hexdigest() for n, c in sorted(assignment.provided.items())}
        parts = {
            "code": code_digest(),
            "probes": hashlib.sha256(assignment.probes.read_bytes()).hexdigest(),
            "files": assignment.files,
            "ndarray": assignment.ndarray,
            "limits": asdict(assignment.limits),
            "import_rules": None if assignment.import_rules is None else asdict(assignment.import_rules),
            "provided": provided,
            "sandbox": sandbox,
            "device": device,
            "dtype": DTYPE,
        }
        self._surroundings = _digest(parts)
        self._expected: dict[tuple[str, str], str] = {}
        self._keys: dict[tuple[str, str, bool], str] = {}

    def of(self, case: Case, criterion: Criterion, oracle: Oracle, may_follow: bool) -> str:
        """The address of a case for this submission; `oracle` must always be the same one, or made by it."""
        key = case.name, oracle.variant, may_follow
        if key not in self._keys:
            _make_room(self._keys)
            self._keys[key] = self._work_out(case, criterion, oracle, may_follow)
        return self._keys[key]

    def _work_out(self, case: Case, criterion: Criterion, oracle: Oracle, may_follow: bool) -> str:
        inputs = [oracle.inputs(case, redraw).digest for redraw in range(draws(case))]
        parts: list[object] = [self._surroundings, case.name, case.probe, case.compare, case.data, inputs]
        parts += [dict(case.options), dict(criterion.options), case.kind_source, case.comparison_source]
        parts += [self._expected_of(case, oracle), may_follow]
        return _digest(parts)

    def _expected_of(self, case: Case, oracle: Oracle) -> str:
        return " ".join(self._expected_at(case, oracle, redraw) for redraw in judged_draws(case))

    def _expected_at(self, case: Case, oracle: Oracle, redraw: int) -> str:
        inputs = oracle.inputs(case, redraw)
        key = (case.name, inputs.digest)
        if key not in self._expected:
            expected = oracle.expected(case, inputs)
            digest = hashlib.sha256()
            text, arrays = ("", expected.arrays) if expected.value is NO_VALUE else text_of(expected.value)
            digest.update(text.encode())
            for array in (*arrays, *(expected.bounds or ())):
                digest.update(f"{array.dtype.str}{array.shape}".encode() + array.tobytes())
            _make_room(self._expected)
            self._expected[key] = f"{len(expected.arrays)} {digest.hexdigest()}"
        return self._expected[key]


def _make_room(entries: dict[Any, str]) -> None:
    if len(entries) > MOST_KNOWN:  # students' own numbers: quick to find again, never needed twice
        entries.clear()


class ResultCache:
    """The results of one set of files by address: those known before, and those of this run (`fresh`).

    `addresses` holds the address of each case that was run, by variant and name.
    """

    def __init__(self, addresses: CaseKeys, cached: Mapping[str, CheckResult]) -> None:
        self._addresses = addresses
        self._results = dict(cached)
        self.fresh: dict[str, CheckResult] = {}
        self.addresses: dict[str, dict[str, str]] = defaultdict(dict)

    def get_or_run(
        self,
        case: Case,
        criterion: Criterion,
        oracle: Oracle,
        may_follow: bool,
        run: Callable[[], CheckResult],
    ) -> CheckResult:
        """The result of a case under the current rubric; `run` is called if it is not known."""
        address = self._addresses.of(case, criterion, oracle, may_follow)
        result = self._results.get(address)
        if result is None:
            result = run()
            if result.status in NOT_A_RUN:
                return result
            self._results[address] = self.fresh[address] = result
        self.addresses[oracle.variant][case.name] = address
        return replace(
            result,
            criterion=criterion.id,
            case=case.id,
            visibility=case.visibility,
            help="" if result.status is Status.OK else criterion.help_for(case),
            follow_through=case.follow_through if result.follow_through else 0.0,
        )

    def leave_out(self, case: Case, oracle: Oracle) -> None:
        """Leaves a case out of the addresses, because its result does not count in this grade."""
        for name in (case.name, f"{case.name}{SUFFIX}"):
            self.addresses[oracle.variant].pop(name, None)

    def forget(self, criterion: Criterion, oracle: Oracle) -> None:
        """Forgets this run's results of a criterion's cases, with those that were asked again."""
        of_case = self.addresses[oracle.variant]
        of_criterion = {of_case[name] for name in of_case if name.partition("/")[0] == criterion.id}
        forgotten = of_criterion & self.fresh.keys()
        for address in forgotten:
            del self.fresh[address], self._results[address]
        for variant, addresses in self.addresses.items():  # visible cases are shared
            remaining = {name: address for name, address in addresses.items() if address not in forgotten}
            self.addresses[variant] = remaining


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
