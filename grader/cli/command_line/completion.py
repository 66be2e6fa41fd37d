"""`grader completion`: prints a script for a shell that completes commands, options and assignments."""

import argparse

from grader.cli.command_line.arguments import make_parser
from grader.cli.command_line.exit_status import PASSED
from grader.cli.command_line.shared_options import modules_of
from grader.model.errors import UserError

ASSIGNMENTS = "_grader_assignments"
PREAMBLE = {
    "bash": f"""
{ASSIGNMENTS}() {{
  local folder=$PWD
  while [[ -n $folder && ! -f $folder/assignments/course.yaml ]]; do folder=${{folder%/*}}; done
  (cd "$folder/assignments" 2>/dev/null && compgen -d -- "$1")
}}
""",
    "zsh": f"""
{ASSIGNMENTS}() {{
  local folder=$PWD
  while [[ -n $folder && ! -f $folder/assignments/course.yaml ]]; do folder=${{folder%/*}}; done
  compadd -- $folder/assignments/*(N/:t)
}}
""",
    "fish": f"""
function {ASSIGNMENTS}
  set -l folder $PWD
  while test -n "$folder"; and not test -f "$folder/assignments/course.yaml"
    set folder (string replace --regex '/[^/]*$' '' -- $folder)
  end
  for file in $folder/assignments/*/assignment.yaml
    basename (dirname $file)
  end
end
""",
    "tcsh": "",
}
OF_FILES = {"DIR_OR_ZIP", "FILE_OR_DIR", "CSV", "FILE", "DIR"}


def run(options: argparse.Namespace) -> int:
    """Prints the script, which is made from the parser's options."""
    try:
        import shtab
    except ImportError as error:
        raise UserError("grader completion needs shtab: pip install 'backflip[instructor]'") from error
    parser = make_parser()
    for name, command in parser.commands.items():
        for action in command._actions:
            if name != "new":  # whose name is not there yet
                _complete(action, shtab)
    print(shtab.complete(parser, options.shell, preamble=PREAMBLE[options.shell]))
    return PASSED


def _complete(action: argparse.Action, shtab: object) -> None:
    """Completes file names for options that take a file, and assignments where one is named."""
    if action.metavar in OF_FILES:
        action.complete = getattr(shtab, "FILE")  # type: ignore[attr-defined]  # noqa: B009
    elif action.metavar == "TARGET":
        action.choices = modules_of("publish.targets")
    elif action.metavar == "NAME" and action.dest in ("assignment", "name", "names"):
        action.complete = {"bash": ASSIGNMENTS, "zsh": ASSIGNMENTS, "fish": f"({ASSIGNMENTS})"}  # type: ignore[attr-defined]
