"""Reads and writes the results of cases, keyed by the files that they ran on and the case's address."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from grader.batch.gradebook.grade_json import result_from_json, result_to_json
from grader.batch.gradebook.sql_statements import upsert
from grader.batch.gradebook.tables import CaseRow
from grader.model.grade import CheckResult


def read_case_results(connection: Connection, files: str) -> dict[str, CheckResult]:
    """The results of the cases that ran on these files, by address."""
    rows = connection.execute(select(CaseRow.address, CaseRow.result).where(CaseRow.files == files))
    return {address: result_from_json(data) for address, data in rows}


def write_case_results(connection: Connection, files: str, fresh: Mapping[str, CheckResult]) -> None:
    """Writes results by address; if a case ran again, its last run counts."""
    rows = [
        {"files": files, "address": address, "status": result.status, "result": result_to_json(result)}
        for address, result in fresh.items()
    ]
    if rows:
        new = upsert(connection, CaseRow)
        last = {name: new.excluded[name] for name in ("status", "result")}
        connection.execute(new.on_conflict_do_update(index_elements=["files", "address"], set_=last), rows)
