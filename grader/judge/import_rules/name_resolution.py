"""Follows names through a source file to find the dotted names that each use may stand for.

A name is followed through aliases, star imports, re-assignments, default arguments, `getattr` and
`vars(...)[...]` with constant strings, scope by scope, so that a local name or a method `flip` is not taken
for `numpy.flip`. Order within a scope is ignored: a name counts as everything that it is bound to there.
"""

import ast

from grader.judge.import_rules.bindings import Binder, Rules, Scope
from grader.judge.import_rules.loopholes import BEHIND, UNCHECKED, UNPICKLE_AS_THIRD, UNPICKLES

# Attributes of any object that lead to the names of another module.
BEHIND_ATTRIBUTES = frozenset(
    (
        "__builtins__", "__closure__", "__code__", "__globals__", "__loader__", "__spec__",
        "__getattribute__", "__self__", "__subclasses__", "__wrapped__",
        "f_back", "f_builtins", "f_globals", "f_locals",
        "ag_frame", "cr_frame", "gi_frame", "tb_frame",
        "_ctypes",  # found in the `ctypes` of every array
    )
)  # fmt: skip
MOST_VALUES, MOST_TEXTS, LONGEST = 8, 16, 200  # limits for one name; honest code has one value
GETTER, CALLER = "operator.attrgetter", "operator.methodcaller"

RUNNING_KEYWORDS = frozenset((UNPICKLES, "eval_str"))

Names = tuple[str, ...]


class TooManyValues(Exception):
    """A name or an expression may stand for more than MOST_VALUES objects."""


class Reader:
    """Judges every use of a name in one file by everything that the name may stand for."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._problems: list[tuple[int, str]] = []
        # Each expression and each name is resolved once, or a chain of them would take exponential time.
        self._resolved: dict[ast.expr, Names] = {}
        self._values: dict[tuple[Scope, str], list[str]] = {}
        self._text_values: dict[tuple[Scope, str], list[str]] = {}
        self._unfinished = 0

    def read(self, tree: ast.Module) -> list[tuple[int, str]]:
        """Every line that breaks the import rules, with the reason."""
        binder = Binder(self._rules)
        binder.read(tree)
        self._problems = binder.problems
        for node, scope in binder.uses:
            self._judge(node, scope)
        return self._problems

    def _complain(self, node: ast.stmt | ast.expr, problem: str) -> None:
        if problem:
            self._problems.append((node.lineno, problem))

    def _judge(self, node: ast.expr, scope: Scope) -> None:
        if isinstance(node, ast.Attribute):
            if node.attr in BEHIND_ATTRIBUTES:
                self._complain(node, f"{node.attr} {BEHIND}")
        elif isinstance(node, ast.Call) and "builtins.getattr" in self._resolve(node.func, scope):
            for text in self._texts(node.args[1], scope) if len(node.args) > 1 else ():
                self._complain(node, f"{text} {BEHIND}" if text in BEHIND_ATTRIBUTES else "")
        if isinstance(node, ast.Call):
            self._judge_call(node, scope)
        for name in self._resolve(node, scope):
            self._complain(node, self._rules.problem_of(name))

    def _judge_call(self, node: ast.Call, scope: Scope) -> None:
        """Reports arguments that let any call run strings or reach other code."""
        functions = self._resolve(node.func, scope)
        running_arguments = [(each.arg, each.value) for each in node.keywords if each.arg in RUNNING_KEYWORDS]
        if UNPICKLE_AS_THIRD in functions:
            running_arguments += [(UNPICKLES, each) for each in node.args[2:3]]
        for name, value in running_arguments:
            if not isinstance(value, ast.Constant) or value.value:
                self._complain(node, f"{name} may run code from the data that it reads, which {UNCHECKED}")
        if GETTER in functions or CALLER in functions:
            for text in (text for each in node.args for text in self._texts(each, scope)):
                for part in BEHIND_ATTRIBUTES.intersection(text.split(".")):
                    self._complain(node, f"{part} {BEHIND}")

    def _resolve(self, node: ast.expr | None, scope: Scope) -> Names:
        """The dotted names that an expression may stand for, as far as it can be followed."""
        if node is None or node in self._resolved:
            return self._resolved[node] if node else ()
        names = tuple(dict.fromkeys(filter(self._matters, self._follow(node, scope))))
        if len(names) > MOST_VALUES:
            raise TooManyValues
        if not self._unfinished:  # while a name's own values are resolved, the result is incomplete
            self._resolved[node] = names
        return names

    def _matters(self, name: str) -> bool:
        """True if a name is worth following, so that a chain of attributes ends once it is harmless."""
        return self._rules.leads_on(name) or bool(self._rules.problem_of(name))

    def _follow(self, node: ast.expr, scope: Scope) -> Names:
        if isinstance(node, ast.Name):
            return self._lookup(node.id, scope)
        if isinstance(node, ast.Attribute):
            return tuple(f"{name}.{node.attr}" for name in self._resolve(node.value, scope))
        if isinstance(node, ast.NamedExpr):
            return self._resolve(node.value, scope)
        if isinstance(node, ast.IfExp):
            return self._resolve(node.body, scope) + self._resolve(node.orelse, scope)
        if isinstance(node, ast.BoolOp):
            return tuple(name for value in node.values for name in self._resolve(value, scope))
        if isinstance(node, ast.Subscript):
            return self._entry(node.value, node.slice, scope)
        if isinstance(node, ast.Call):
            return self._called(node, scope)
        return ()

    def _called(self, node: ast.Call, scope: Scope) -> Names:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
            return self._entry(node.func.value, node.args[0], scope)
        functions = self._resolve(node.func, scope)
        if "builtins.getattr" in functions and len(node.args) > 1:
            objects, texts = self._resolve(node.args[0], scope), self._texts(node.args[1], scope)
            return tuple(f"{name}.{text}" for name in objects for text in texts)
        if GETTER in functions or CALLER in functions:
            getter_arguments = node.args if GETTER in functions else node.args[:1]
            return tuple(
                f"{GETTER}({text})" for each in getter_arguments for text in self._texts(each, scope)
            )
        getters = [name[len(GETTER) + 1 : -1] for name in functions if name.startswith(f"{GETTER}(")]
        if getters and node.args:
            objects = self._resolve(node.args[0], scope)
            return tuple(f"{name}.{text}" for name in objects for text in getters)
        if "builtins.vars" in functions or "builtins.locals" in functions:
            names = self._resolve(node.args[0], scope) if node.args else ("builtins",)
            return tuple(f"{name}.__dict__" for name in names)
        return ()

    def _entry(self, value: ast.expr, key: ast.expr, scope: Scope) -> Names:
        """The names behind a constant key of a module's namespace: vars(np)["flip"], np.__dict__["flip"]."""
        spaces = [name for name in self._resolve(value, scope) if name.endswith(".__dict__")]
        if not spaces:
            return ()
        texts = self._texts(key, scope)
        names = [f"{name.removesuffix('.__dict__')}.{text}" for name in spaces for text in texts]
        if "builtins.__dict__" in spaces:  # vars()["np"], locals()["np"]
            names += [name for text in texts for name in self._lookup(text, scope)]
        return tuple(names)

    def _lookup(self, name: str, scope: Scope) -> Names:
        for each in scope.chain():
            home = each.elsewhere.get(name, each)
            last = home.last_line.get(name, 0)
            if home.stars:
                stars = [(line, m) for m, line in home.stars.items() if name in self._rules.exported(m)]
                line, module = max(stars, default=(0, ""))
                if line > last:
                    return (f"{module}.{name}",)
            if last:
                return self._values_of(home, name)
        return (f"builtins.{name}",)

    def _values_of(self, scope: Scope, name: str) -> Names:
        key = (scope, name)
        if key not in self._values:
            values = self._values[key] = []
            self._unfinished += 1
            for source in scope.bound[name]:
                names = self._resolve(*source) if isinstance(source, tuple) else self._of_import(source)
                values += [value for value in names if value not in values and len(value) <= LONGEST]
                if len(values) > MOST_VALUES:
                    raise TooManyValues
            self._unfinished -= 1
        return tuple(self._values[key])

    def _of_import(self, name: str) -> Names:
        return (name,) if self._matters(name) else ()

    def _texts(self, node: ast.expr | None, scope: Scope) -> Names:
        """Every string that an expression of constants may be."""
        texts: list[str] = []
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts = [node.value]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            rights = self._texts(node.right, scope)
            texts = [left + right for left in self._texts(node.left, scope) for right in rights]
        elif isinstance(node, ast.JoinedStr):
            texts = self._joined(node.values, "", scope)
        elif isinstance(node, ast.FormattedValue):
            return self._texts(node.value, scope)
        elif isinstance(node, ast.Subscript) and _is_backwards(node.slice):
            texts = [text[::-1] for text in self._texts(node.value, scope)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            items = node.args[0].elts if node.args and isinstance(node.args[0], ast.Tuple | ast.List) else []
            for glue in self._texts(node.func.value, scope):
                texts += self._joined(items, glue, scope)
        elif isinstance(node, ast.Name):
            texts = self._texts_of(node.id, scope)
        return tuple(text for text in texts[:MOST_TEXTS] if len(text) <= LONGEST)

    def _joined(self, parts: list[ast.expr], glue: str, scope: Scope) -> list[str]:
        joined = [""]
        for number, part in enumerate(parts):
            texts = self._texts(part, scope)
            joined = [text + glue * (number > 0) + more for text in joined for more in texts][:MOST_TEXTS]
            joined = [text for text in joined if len(text) <= LONGEST]
            if not joined:
                break
        return joined

    def _texts_of(self, name: str, scope: Scope) -> list[str]:
        home = next((each for each in scope.chain() if name in each.bound), None)
        if home is None:
            return []
        if (home, name) not in self._text_values:
            values = self._text_values[home, name] = []
            for source in home.bound[name]:
                texts = () if isinstance(source, str) else self._texts(*source)
                values += [text for text in texts if text not in values]
                if len(values) >= MOST_TEXTS:
                    break
        return self._text_values[home, name]


def _is_backwards(part: ast.expr) -> bool:
    """True for the slice ::-1."""
    if not isinstance(part, ast.Slice) or part.lower or part.upper or not isinstance(part.step, ast.UnaryOp):
        return False
    step = part.step
    return (
        isinstance(step.op, ast.USub) and isinstance(step.operand, ast.Constant) and step.operand.value == 1
    )
