"""Examples for each command's `--help`: the most common command lines, one line each."""

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "new": (
        "grader new recursion                                    # starts from an example",
        "grader new slopes --from reference.lines:slope          # from a function of the reference",
    ),
    "generate": (
        "grader generate                                         # every assignment of the course",
        "grader generate conv_backward --variant ada             # with Ada's own numbers",
    ),
    "verify": (
        "grader verify conv_backward",
        "grader verify --json > proofs.json",
    ),
    "redteam": (
        "grader redteam conv_backward                            # writes build/redteam/conv_backward.html",
        "grader redteam --sample 6                               # a sixth of the attacks",
        "grader redteam --json > gains.json",
    ),
    "grade": (
        "grader grade .                                          # in a handout",
        "grader grade ada.zip --assignment conv_backward --html feedback.html --open",
        "grader grade . --case dilate/two-rows                   # only one case",
    ),
    "try": (
        "grader try dilate/two-rows",
        "grader try -c 'print(a)' dilate/two-rows",
        "grader try dilate/two-rows --json                       # inputs, expected and actual values",
    ),
    "debug": ("grader debug dilate/two-rows",),
    "watch": ("grader watch",),
    "hint": ("grader hint dilate",),
    "submit": ("grader submit", "grader submit --json"),
    "batch": (
        "grader batch submissions.zip --assignment dense --roster roster.csv",
        "grader batch submissions.zip --assignment dense --roster roster.csv --times submissions.json",
    ),
    "intake": (
        "grader intake submissions.zip --assignment dense --roster roster.csv",
        "grader intake submissions.zip --assignment dense --csv inventory.csv",
    ),
    "emulate": (),
    "report": (
        "grader report --format terminal",
        "grader report --format canvas --assignment dense --into canvas.csv --out grades",
        "grader report --format feedback --out feedback          # a text for each student",
    ),
    "adjust": ("grader adjust adjustments.csv",),
    "confirm": ("grader confirm ada --assignment dense --reason 'renamed file: it is the right one'",),
    "forget": (
        "grader forget --student ada --reason 'left the course'",
        "grader forget --list                                    # the runs with their numbers",
    ),
    "similarity": ("grader similarity submissions.zip --assignment dense --top 20",),
    "serve": (
        "grader serve                                            # to read",
        "grader serve --edit                                     # to grade by hand and to decide",
    ),
    "requests": ("grader requests requests.csv",),
    "publish": (
        "grader publish github dense --out dense-template        # a template repository",
        "grader publish gradescope dense --out upload            # the zip that Gradescope runs",
    ),
    "collect": (
        "grader collect repositories.txt --assignment dense --out class --times pushes",
        "grader collect clones --assignment dense --out class    # a folder of clones",
    ),
    "doctor": ("grader doctor", "grader doctor --json"),
    "completion": (
        "grader completion bash > ~/.local/share/bash-completion/completions/grader",
        'grader completion zsh > "${fpath[1]}/_grader"',
        "grader completion fish > ~/.config/fish/completions/grader.fish",
    ),
}
