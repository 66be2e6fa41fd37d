"""Laws of the cache of case results."""

import sys
from pathlib import Path

from grader.judge.code_digest import code_files


def test_every_module_that_a_session_loads_to_judge_is_part_of_the_digest() -> None:
    """Otherwise a result of other code would be taken for this code's."""
    import grader.judge.session
    import grader.plugin

    root = Path(grader.__file__).parent
    loaded = {Path(m.__file__) for n, m in sys.modules.items() if n.startswith("grader.") and m.__file__}
    judging = {p for p in loaded if p.is_relative_to(root / "judge") or p.is_relative_to(root / "model")}
    assert {root / "judge" / "session.py", root / "judge" / "verdict" / "score.py"} < judging
    assert judging <= set(code_files())
    assert {*(root / "worker").glob("*.py"), root / "plugin.py"} <= set(code_files())
