"""Follows names through a source file: what each use of one may stand for, by its dotted name.

A name is followed through aliases, star imports, re-assignments, default arguments, `getattr` and
`vars(...)[...]` with constant texts, scope by scope, so that a local name or a method `flip` is nobody's
`numpy.flip`. Order within a scope is not followed: a name counts as everything that it is bound to there.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

BEHIND = "reaches behind the code; nothing is graded while it stands there"
# Attributes of whatever object that lead to the names of another module.
BEHIND_ATTRIBUTES = frozenset(
    (
        *("__builtins__", "__closure__", "__code__", "__globals__", "__loader__", "__spec__"),
        *("__subclasses__", "__wrapped__", "f_back", "f_builtins", "f_globals", "f_locals"),
    )
)
MOST_VALUES, MOST_TEXTS, LONGEST = 100, 16, 200  # what is followed of one name; honest code has one value

Names = tuple[str, ...]
Source = str | tuple[ast.expr, "Scope"]


class Rules(Protocol):
    """What a reader asks about the names that it finds; "" says that nothing is wrong."""

    def problem_of_import(self, module: str) -> str:
        """Why a module may not be imported."""

    def problem_of(self, name: str) -> str:
        """Why what a dotted name stands for may not be used."""

    def exported(self, module: str) -> frozenset[str]:
        """The names that `from module import *` binds."""


@dataclass(eq=False)
class Scope:
    """One scope: what each name in it is bound to, and how far down its last binding stands."""

    kind: str  # "module", "class", "function" or "comprehension"
    parent: "Scope | None" = None
    bound: dict[str, list[Source]] = field(default_factory=dict)
    last_line: dict[str, int] = field(default_factory=dict)
    stars: list[tuple[int, str]] = field(default_factory=list)
    elsewhere: dict[str, "Scope"] = field(default_factory=dict)  # global and nonlocal names

    def chain(self) -> Iterator["Scope"]:
        """The scopes in which a name used here is looked for."""
        scope: Scope | None = self
        while scope is not None:
            if scope.kind != "class" or scope is self:
                yield scope
            scope = scope.parent

    def home(self, name: str) -> "Scope":
        """Where an assignment to the name in this scope binds it."""
        scope = self
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        return scope.elsewhere.get(name, scope)

    def bind(self, name: str, line: int, source: Source | None = None) -> None:
        """Notes one more thing that the name may be; None is something unknown."""
        self.bound.setdefault(name, []).extend([] if source is None else [source])
        self.last_line[name] = max(line, self.last_line.get(name, 0))


class Reader:
    """Walks over one file: notes what every name is bound to, then judges every use."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._module = Scope("module")
        self._uses: list[tuple[ast.expr, Scope]] = []
        self._problems: list[tuple[int, str]] = []
        # Each expression and each name is worked out once, else a chain of them would take exponential time.
        self._resolved: dict[ast.expr, Names] = {}
        self._values: dict[tuple[Scope, str], list[str]] = {}
        self._text_values: dict[tuple[Scope, str], list[str]] = {}
        self._unfinished = 0

    def read(self, tree: ast.Module) -> list[tuple[int, str]]:
        """Every line that breaks the policy, with the reason."""
        self._walk(tree, self._module)
        for node, scope in self._uses:
            self._judge(node, scope)
        return self._problems

    # first pass: bindings

    def _walk(self, node: ast.AST, scope: Scope) -> None:
        special = _SPECIAL.get(type(node))
        if special is not None:
            special(self, node, scope)
            return
        for name in node._fields:
            self._walk_value(getattr(node, name, None), scope)

    def _walk_value(self, value: object, scope: Scope) -> None:
        if isinstance(value, list):
            for item in value:
                self._walk_value(item, scope)
        elif isinstance(value, ast.AST):
            self._walk(value, scope)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> None:
        self._uses.append((node, scope))
        self._walk(node.value, scope)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        self._uses.append((node, scope))
        self._walk(node.func, scope)
        for each in (*node.args, *node.keywords):
            self._walk(each, scope)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> None:
        self._uses.append((node, scope))
        self._walk(node.value, scope)
        self._walk(node.slice, scope)

    def _leaf(self, node: ast.AST, scope: Scope) -> None:
        """Names nothing, and has nothing below it that does."""

    def _name(self, node: ast.Name, scope: Scope) -> None:
        if isinstance(node.ctx, ast.Load):
            self._uses.append((node, scope))
        else:
            self._bind(node, None, scope)

    def _import(self, node: ast.Import, scope: Scope) -> None:
        for alias in node.names:
            self._complain(node, self._rules.problem_of_import(alias.name))
            name = alias.asname or alias.name.partition(".")[0]
            scope.home(name).bind(name, node.lineno, alias.name if alias.asname else name)

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        module = node.module if node.module and not node.level else ""
        problem = self._rules.problem_of_import(module) if module else ""
        self._complain(node, problem)
        for alias in node.names:
            if alias.name == "*":
                scope.stars.append((node.lineno, module))
                continue
            imported = f"{module}.{alias.name}" if module else None
            if imported and not problem:
                self._complain(node, self._rules.problem_of(imported))
            name = alias.asname or alias.name
            scope.home(name).bind(name, node.lineno, imported)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        self._walk(node.value, scope)
        for target in node.targets:
            self._bind(target, node.value, scope)

    def _annotated(self, node: ast.AnnAssign | ast.NamedExpr, scope: Scope) -> None:
        for each in (getattr(node, "annotation", None), node.value):
            self._walk_value(each, scope)
        self._bind(node.target, node.value, scope)

    def _loop(self, node: ast.For | ast.AsyncFor, scope: Scope) -> None:
        self._walk(node.iter, scope)
        self._bind_each(node.target, node.iter, scope, scope)
        self._walk_value(node.body + node.orelse, scope)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope) -> None:
        inner = Scope("function", scope)
        given = node.args
        positional = given.posonlyargs + given.args
        first_default = len(positional) - len(given.defaults)
        defaults = dict(zip(positional[first_default:], given.defaults, strict=True))
        defaults |= {k: v for k, v in zip(given.kwonlyargs, given.kw_defaults, strict=True) if v}
        for argument in (*positional, *given.kwonlyargs, given.vararg, given.kwarg):
            if argument is not None:
                self._walk_value(argument.annotation, scope)
                default = defaults.get(argument)
                inner.bind(argument.arg, argument.lineno, None if default is None else (default, scope))
        self._walk_value(list(defaults.values()), scope)
        if isinstance(node, ast.Lambda):
            self._walk(node.body, inner)
            return
        scope.home(node.name).bind(node.name, node.lineno)
        self._walk_value([*node.decorator_list, node.returns], scope)
        self._walk_value(node.body, inner)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        scope.home(node.name).bind(node.name, node.lineno)
        self._walk_value([*node.decorator_list, *node.bases, *node.keywords], scope)
        self._walk_value(node.body, Scope("class", scope))

    def _comprehension(self, node: Any, scope: Scope) -> None:
        inner = Scope("comprehension", scope)
        for number, part in enumerate(node.generators):
            around = inner if number else scope
            self._walk(part.iter, around)
            self._bind_each(part.target, part.iter, inner, around)
            self._walk_value(part.ifs, inner)
        self._walk_value([getattr(node, name, None) for name in ("elt", "key", "value")], inner)

    def _declared(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        enclosing = [each for each in scope.chain() if each.kind == "function" and each is not scope]
        is_nonlocal = isinstance(node, ast.Nonlocal) and enclosing
        scope.elsewhere |= dict.fromkeys(node.names, enclosing[0] if is_nonlocal else self._module)

    def _named(self, node: Any, scope: Scope) -> None:
        """`except ... as name`, and the names that a pattern captures."""
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name is not None:
            scope.home(name).bind(name, node.lineno)
        for each in node._fields:
            self._walk_value(getattr(node, each), scope)

    def _bind(
        self, target: ast.expr, value: ast.expr | None, scope: Scope, around: Scope | None = None
    ) -> None:
        """Binds the names of a target to the value, which is to be read in the scope `around`."""
        if isinstance(target, ast.Name):
            home = scope if scope.kind == "comprehension" and around else scope.home(target.id)
            home.bind(target.id, target.lineno, None if value is None else (value, around or scope))
        elif isinstance(target, ast.Tuple | ast.List):
            parts: list[ast.expr | None] = [None] * len(target.elts)
            if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
                is_plain = not any(isinstance(each, ast.Starred) for each in (*target.elts, *value.elts))
                parts = list(value.elts) if is_plain else parts
            for each, part in zip(target.elts, parts, strict=True):
                self._bind(each, part, scope, around)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, None, scope, around)
        else:
            self._walk(target, scope)

    def _bind_each(self, target: ast.expr, values: ast.expr, scope: Scope, around: Scope) -> None:
        """Binds the names of a loop's target to each item that is written out, else to something unknown."""
        items: Sequence[ast.expr | None] = [None]
        if isinstance(values, ast.Tuple | ast.List | ast.Set):
            items = values.elts or items
        for item in items:
            self._bind(target, item, scope, around)

    # second pass: uses

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
        for name in self._resolve(node, scope):
            self._complain(node, self._rules.problem_of(name))

    def _resolve(self, node: ast.expr | None, scope: Scope) -> Names:
        """Every dotted name that an expression may stand for, as far as it can be followed."""
        if node is None or node in self._resolved:
            return self._resolved[node] if node else ()
        found = self._follow(node, scope)
        if not self._unfinished:  # within a name's own values, those found so far are not all
            self._resolved[node] = found
        return found

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
        if "builtins.vars" in functions or "builtins.locals" in functions:
            names = self._resolve(node.args[0], scope) if node.args else ("builtins",)
            return tuple(f"{name}.__dict__" for name in names)
        return ()

    def _entry(self, value: ast.expr, key: ast.expr, scope: Scope) -> Names:
        """What stands under a constant key of a module's namespace: vars(np)["flip"], np.__dict__["flip"]."""
        spaces = [name for name in self._resolve(value, scope) if name.endswith(".__dict__")]
        if not spaces:
            return ()
        texts = self._texts(key, scope)
        found = [f"{name.removesuffix('.__dict__')}.{text}" for name in spaces for text in texts]
        if "builtins.__dict__" in spaces:  # vars()["np"], locals()["np"]
            found += [name for text in texts for name in self._lookup(text, scope)]
        return tuple(found)

    def _lookup(self, name: str, scope: Scope) -> Names:
        for each in scope.chain():
            home = each.elsewhere.get(name, each)
            last = home.last_line.get(name, 0)
            if home.stars:
                stars = [m for line, m in home.stars if line > last and name in self._rules.exported(m)]
                if stars:
                    return (f"{stars[-1]}.{name}",)
            if last:
                return self._values_of(home, name)
        return (f"builtins.{name}",)

    def _values_of(self, scope: Scope, name: str) -> Names:
        key = (scope, name)
        if key not in self._values:
            known = self._values[key] = []
            self._unfinished += 1
            for source in scope.bound[name]:
                found = (source,) if isinstance(source, str) else self._resolve(*source)
                known += [value for value in found if value not in known and len(value) <= LONGEST]
                if len(known) > MOST_VALUES:
                    raise RecursionError(name)
            self._unfinished -= 1
        return tuple(self._values[key])

    def _texts(self, node: ast.expr | None, scope: Scope) -> Names:
        """Every text that an expression of constants may be."""
        found: list[str] = []
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = [node.value]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            rights = self._texts(node.right, scope)
            found = [left + right for left in self._texts(node.left, scope) for right in rights]
        elif isinstance(node, ast.JoinedStr):
            found = self._joined(node.values, "", scope)
        elif isinstance(node, ast.FormattedValue):
            return self._texts(node.value, scope)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "::-1":
            found = [text[::-1] for text in self._texts(node.value, scope)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
            items = node.args[0].elts if node.args and isinstance(node.args[0], ast.Tuple | ast.List) else []
            for glue in self._texts(node.func.value, scope):
                found += self._joined(items, glue, scope)
        elif isinstance(node, ast.Name):
            found = self._texts_of(node.id, scope)
        return tuple(text for text in found[:MOST_TEXTS] if len(text) <= LONGEST)

    def _joined(self, parts: list[ast.expr], glue: str, scope: Scope) -> list[str]:
        found = [""]
        for number, part in enumerate(parts):
            texts = self._texts(part, scope)
            found = [text + glue * (number > 0) + more for text in found for more in texts][:MOST_TEXTS]
        return found

    def _texts_of(self, name: str, scope: Scope) -> list[str]:
        home = next((each for each in scope.chain() if name in each.bound), None)
        if home is None:
            return []
        if (home, name) not in self._text_values:
            known = self._text_values[home, name] = []
            for source in home.bound[name]:
                found = () if isinstance(source, str) else self._texts(*source)
                known += [text for text in found if text not in known]
        return self._text_values[home, name]


_KINDS_OF_LEAVES = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
_LEAVES = (ast.Constant, ast.alias, *(leaf for kind in _KINDS_OF_LEAVES for leaf in kind.__subclasses__()))
_SPECIAL: Mapping[type[ast.AST], Callable[[Reader, Any, Scope], None]] = {
    ast.Name: Reader._name,
    **dict.fromkeys(_LEAVES, Reader._leaf),
    ast.Attribute: Reader._attribute,
    ast.Call: Reader._call,
    ast.Subscript: Reader._subscript,
    ast.Import: Reader._import,
    ast.ImportFrom: Reader._import_from,
    ast.Assign: Reader._assign,
    ast.AnnAssign: Reader._annotated,
    ast.NamedExpr: Reader._annotated,
    ast.For: Reader._loop,
    ast.AsyncFor: Reader._loop,
    ast.FunctionDef: Reader._function,
    ast.AsyncFunctionDef: Reader._function,
    ast.Lambda: Reader._function,
    ast.ClassDef: Reader._class,
    ast.ListComp: Reader._comprehension,
    ast.SetComp: Reader._comprehension,
    ast.DictComp: Reader._comprehension,
    ast.GeneratorExp: Reader._comprehension,
    ast.Global: Reader._declared,
    ast.Nonlocal: Reader._declared,
    ast.ExceptHandler: Reader._named,
    ast.MatchAs: Reader._named,
    ast.MatchStar: Reader._named,
    ast.MatchMapping: Reader._named,
}
