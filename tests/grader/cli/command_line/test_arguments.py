"""Laws of every command line: help with examples, one line for a mistake, a completion, --quiet."""

import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.cli.command_line.arguments import JSON, QUIET, SHELLS, make_parser, parse
from grader.cli.command_line.exit_status import NOT_PASSED, PASSED
from tests.waiting import LIMIT

COMMANDS = tuple(make_parser().commands)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "emulate"])
def test_the_help_of_every_command_has_examples_that_are_command_lines(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse([command, "--help"])
    _, _, examples = capsys.readouterr().out.partition("\nexamples:\n")
    lines = [shlex.split(line, comments=True) for line in examples.splitlines()]
    assert lines
    for words in lines:
        end = words.index(">") if ">" in words else len(words)
        assert words[0] == "grader"
        assert parse(words[1:end]).command == command


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "emulate"])
def test_the_help_of_a_command_begins_with_what_it_does(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list of commands has the same words; a reader of one command's help has not seen it."""
    with pytest.raises(SystemExit):
        parse([command, "--help"])
    _, sentence, options = capsys.readouterr().out.split("\n\n")[:3]
    with pytest.raises(SystemExit):
        parse(["--help"])
    listed = " ".join(capsys.readouterr().out.split())
    words = " ".join(sentence.split())
    assert f" {command} {words[0].lower()}{words[1:].removesuffix('.')}" in listed
    assert options.startswith(("positional arguments:", "options:"))


@pytest.mark.parametrize("command", ["", *(name for name in COMMANDS if name != "emulate")])
@pytest.mark.parametrize("columns", [60, 100])
def test_the_sentences_of_help_are_as_wide_as_the_terminal(
    command: str, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    with pytest.raises(SystemExit):
        parse([command, "--help"] if command else ["--help"])
    text, _, _ = capsys.readouterr().out.partition("\nexamples:\n")
    sentences = [line for line in text.splitlines() if not line.startswith(" ")]  # not an option's value
    assert [line for line in sentences if len(line) > columns] == []


def test_every_folder_that_a_command_writes_to_is_named_by_one_option_with_one_text() -> None:
    folders = [
        (command, action)
        for command, parser in make_parser().commands.items()
        for action in parser._actions
        if action.option_strings and action.metavar == "DIR"
    ]
    commands = ["generate", "verify", "redteam", "report", "similarity", "publish", "collect"]
    assert {command for command, _ in folders} == set(commands)
    assert [command for command, action in folders if action.option_strings != ["--out"]] == []
    texts = {command: str(action.help).partition("; ")[0] for command, action in folders}
    assert texts == dict.fromkeys(commands, "the folder to write to")


def test_grader_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as system_exit:
        main([])
    assert system_exit.value.code == 0
    output = capsys.readouterr().out
    assert [command for command in COMMANDS if f"\n    {command}" not in output] == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("grad .", "grader: argument COMMAND: found 'grad', expected one of "),
        ("grad .", "did you mean 'grade'?"),
        ("grade . --assignmnt dense", "found option '--assignmnt', which it does not accept"),
        ("grade . --assignmnt dense", "did you mean '--assignment'?"),
        ("report --format canvs", "did you mean 'canvas'?"),
        ("batch x --assignment dense --layout modle", "did you mean 'moodle'?"),
        ("grade . --sandbox buble", "expected one of bubblewrap, none"),
        ("batch", "the following arguments are required: DIR_OR_ZIP, --assignment"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line_with_the_word_that_was_meant(
    line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as system_exit:
        main(shlex.split(line))
    assert system_exit.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert message in output.err and output.err.count("\n") == 1


def test_every_command_can_be_quiet_that_does_more_than_show_something() -> None:
    assert set(JSON) - {"try", "hint"} < set(QUIET) <= set(COMMANDS)
    talking = {"try", "hint", "debug", "watch", "serve", "completion"}  # for a user, or for a shell
    assert set(COMMANDS) - set(QUIET) == talking | {"emulate"}  # whose options the emulator defines


def test_quiet_prints_nothing_and_keeps_the_exit_status(
    root: Path, wrong: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--assignment", "tiny", "--sandbox", "none", "--quiet"]
    assert main(["grade", str(wrong), *common, "--json", "grade.json"]) == NOT_PASSED
    assert capsys.readouterr().out == ""
    assert json.loads(Path("grade.json").read_text())["assignment"] == "tiny"
    shutil.copytree(wrong, "class/ada")
    assert main(["intake", "class", "--assignment", "tiny", "--json"]) == PASSED
    assert json.loads(capsys.readouterr().out)["submissions"] == ["ada"]


COMPLETED = pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("grader ver", "verify"),
        ("grader verify ti", "tiny"),
        ("grader grade --assignment ti", "tiny"),
        ("grader grade . --reve", "--reveal"),
        ("grader report --format moo", "moodle"),
        ("grader publish gradesc", "gradescope"),
        ("grader publish github ti", "tiny"),
    ],
)


@pytest.mark.skipif(shutil.which("bash") is None, reason="this machine has no bash")
@COMPLETED
def test_bash_completes_commands_options_choices_and_assignments(
    root: Path, capsys: pytest.CaptureFixture[str], words: str, expected: str
) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", "bash"]) == PASSED
    Path("completion.sh").write_text(capsys.readouterr().out)
    typed = words.split()
    script = f"""source ./completion.sh
COMP_WORDS=({" ".join(typed)}); COMP_CWORD={len(typed) - 1}
_shtab_grader grader {typed[-1]} {typed[-2]}
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
    output = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert expected in output.stdout.split(), output.stderr


@pytest.mark.skipif(shutil.which("fish") is None, reason="this machine has no fish")
@COMPLETED
def test_fish_completes_the_same(
    root: Path, capsys: pytest.CaptureFixture[str], words: str, expected: str
) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", "fish"]) == PASSED
    Path("completion.fish").write_text(capsys.readouterr().out)
    script = f"source completion.fish; complete -C '{words}'"
    output = subprocess.run(
        ["fish", "--no-config", "-c", script], capture_output=True, text=True, check=False
    )
    assert expected in [line.partition("\t")[0] for line in output.stdout.splitlines()], output.stderr


TYPE = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'PROMPT=; unsetopt beep; fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -d ./dump'
zpty -w shell 'print REA""DY'
zpty -r shell output '*READY*'
zpty -w -n shell "$1"$'\t'
zpty -r shell output "*$2*"
"""


@pytest.mark.skipif(shutil.which("zsh") is None, reason="this machine has no zsh")
@COMPLETED
def test_zsh_completes_the_same(
    root: Path, capsys: pytest.CaptureFixture[str], words: str, expected: str
) -> None:
    """A shell in a terminal, where the words are typed: it writes the rest after the Tab key."""
    pytest.importorskip("shtab")
    assert main(["completion", "zsh"]) == PASSED
    Path("_grader").write_text(capsys.readouterr().out)
    Path("type.zsh").write_text(TYPE)
    rest = expected.removeprefix(words.rpartition(" ")[2])
    shell_words = ["zsh", "-f", "type.zsh", words, rest]
    assert subprocess.run(shell_words, capture_output=True, timeout=LIMIT, check=False).returncode == 0


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_has_a_script_that_knows_every_command(
    shell: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("shtab")
    assert main(["completion", shell]) == PASSED
    script = capsys.readouterr().out
    assert [name for name in COMMANDS if name not in script] == []
