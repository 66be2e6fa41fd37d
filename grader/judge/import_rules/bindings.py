"""Records, scope by scope, what each name of a source file is bound to, and every use of a name."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol

Source = str | tuple[ast.expr, "Scope"]


class Rules(Protocol):
    """Answers a reader's questions about names; "" means that nothing is wrong."""

    def problem_of_import(self, module: str) -> str:
        """The reason why a module may not be imported."""

    def problem_of(self, name: str) -> str:
        """The reason why the object behind a dotted name may not be used."""

    def leads_on(self, name: str) -> bool:
        """True if anything below a dotted name may be wrong; other names are not followed further."""

    def exported(self, module: str) -> frozenset[str]:
        """The names that `from module import *` binds."""


class ScopeKind(Enum):
    """What opens a scope."""

    MODULE = auto()
    CLASS = auto()
    FUNCTION = auto()
    COMPREHENSION = auto()


@dataclass(eq=False)
class Scope:
    """One scope: what each of its names is bound to, and the line of the last binding."""

    kind: ScopeKind
    parent: "Scope | None" = None
    bound: dict[str, list[Source]] = field(default_factory=dict)
    last_line: dict[str, int] = field(default_factory=dict)
    stars: dict[str, int] = field(default_factory=dict)  # the last line with `import *`, by module
    elsewhere: dict[str, "Scope"] = field(default_factory=dict)  # global and nonlocal names

    def chain(self) -> Iterator["Scope"]:
        """The scopes in which a name used here is looked up."""
        scope: Scope | None = self
        while scope is not None:
            if scope.kind is not ScopeKind.CLASS or scope is self:
                yield scope
            scope = scope.parent

    def home(self, name: str) -> "Scope":
        """The scope in which an assignment here binds the name."""
        scope = self
        while scope.kind is ScopeKind.COMPREHENSION and scope.parent is not None:
            scope = scope.parent
        return scope.elsewhere.get(name, scope)

    def bind(self, name: str, line: int, source: Source | None = None) -> None:
        """Records one more thing that the name may be; None is something unknown."""
        self.bound.setdefault(name, []).extend([] if source is None else [source])
        self.last_line[name] = max(line, self.last_line.get(name, 0))


class Binder:
    """Walks over one file once; the results are in `uses`, `problems` and the scopes."""

    def __init__(self, rules: Rules) -> None:
        self.uses: list[tuple[ast.expr, Scope]] = []
        self.problems: list[tuple[int, str]] = []
        self._rules = rules
        self._module = Scope(ScopeKind.MODULE)
        self._targets: set[ast.expr] = set()  # loop targets that are not names: each item is assigned to them

    def read(self, tree: ast.Module) -> None:
        """Records the contents of a file."""
        self._walk(tree, self._module)

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
        self.uses.append((node, scope))
        self._walk(node.value, scope)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        self.uses.append((node, scope))
        self._walk(node.func, scope)
        for each in (*node.args, *node.keywords):
            self._walk(each, scope)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> None:
        self.uses.append((node, scope))
        self._walk(node.value, scope)
        self._walk(node.slice, scope)

    def _leaf(self, node: ast.AST, scope: Scope) -> None:
        """Handles a node that contains no names."""

    def _name(self, node: ast.Name, scope: Scope) -> None:
        if isinstance(node.ctx, ast.Load):
            self.uses.append((node, scope))
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
                if self._rules.exported(module):
                    scope.stars[module] = max(node.lineno, scope.stars.get(module, 0))
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
        inner = Scope(ScopeKind.FUNCTION, scope)
        parameters = node.args
        positional = parameters.posonlyargs + parameters.args
        first_default = len(positional) - len(parameters.defaults)
        defaults = dict(zip(positional[first_default:], parameters.defaults, strict=True))
        defaults |= {k: v for k, v in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if v}
        for argument in (*positional, *parameters.kwonlyargs, parameters.vararg, parameters.kwarg):
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
        self._walk_value(node.body, Scope(ScopeKind.CLASS, scope))

    def _comprehension(self, node: Any, scope: Scope) -> None:
        inner = Scope(ScopeKind.COMPREHENSION, scope)
        for number, part in enumerate(node.generators):
            around = inner if number else scope
            self._walk(part.iter, around)
            self._bind_each(part.target, part.iter, inner, around)
            self._walk_value(part.ifs, inner)
        self._walk_value([getattr(node, name, None) for name in ("elt", "key", "value")], inner)

    def _declared(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        enclosing = [each for each in scope.chain() if each.kind is ScopeKind.FUNCTION and each is not scope]
        is_nonlocal = isinstance(node, ast.Nonlocal) and enclosing
        scope.elsewhere |= dict.fromkeys(node.names, enclosing[0] if is_nonlocal else self._module)

    def _handler(self, node: ast.ExceptHandler, scope: Scope) -> None:
        if node.name is not None:
            scope.home(node.name).bind(node.name, node.lineno)
        self._walk_value([node.type, *node.body], scope)

    def _match(self, node: ast.Match, scope: Scope) -> None:
        self._walk(node.subject, scope)
        for case in node.cases:
            self._pattern(case.pattern, node.subject, scope)
            self._walk_value([case.guard, *case.body], scope)

    def _pattern(self, node: ast.pattern, value: ast.expr | None, scope: Scope) -> None:
        """Binds names that a pattern captures: `case object(flip=f)` is an attribute under another name."""
        if isinstance(node, ast.MatchValue):
            self._walk(node.value, scope)
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping):
            name = node.rest if isinstance(node, ast.MatchMapping) else node.name
            if name is not None:
                source = (value, scope) if value is not None and isinstance(node, ast.MatchAs) else None
                scope.home(name).bind(name, node.lineno, source)
        if isinstance(node, ast.MatchAs) and node.pattern is not None:
            self._pattern(node.pattern, value, scope)
        elif isinstance(node, ast.MatchOr):
            for each in node.patterns:
                self._pattern(each, value, scope)
        elif isinstance(node, ast.MatchSequence):
            self._sequence_pattern(node, value, scope)
        elif isinstance(node, ast.MatchMapping):
            for key, each in zip(node.keys, node.patterns, strict=True):
                self._walk(key, scope)
                self._pattern(each, self._part(value, key, node, scope), scope)
        elif isinstance(node, ast.MatchClass):
            self._walk(node.cls, scope)
            for each in node.patterns:
                self._pattern(each, None, scope)
            for attribute, each in zip(node.kwd_attrs, node.kwd_patterns, strict=True):
                self._pattern(each, self._part(value, attribute, node, scope), scope)

    def _sequence_pattern(self, node: ast.MatchSequence, value: ast.expr | None, scope: Scope) -> None:
        parts: list[ast.expr | None] = [None] * len(node.patterns)
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(parts):
            is_plain = not any(isinstance(each, ast.MatchStar) for each in node.patterns)
            parts = list(value.elts) if is_plain else parts
        for each, part in zip(node.patterns, parts, strict=True):
            self._pattern(each, part, scope)

    def _part(
        self, value: ast.expr | None, part: str | ast.expr, node: ast.pattern, scope: Scope
    ) -> ast.expr:
        """The attribute or entry of a value that a pattern looks at, as an expression to check."""
        whole = value if value is not None else ast.Constant(None)
        target: ast.expr
        if isinstance(part, str):
            target = ast.Attribute(whole, part, ast.Load())
        else:
            target = ast.Subscript(whole, part, ast.Load())
        ast.copy_location(target, node)
        self.uses.append((target, scope))
        return target

    def _bind(
        self, target: ast.expr, value: ast.expr | None, scope: Scope, around: Scope | None = None
    ) -> None:
        """Binds the names of a target to the value, which is evaluated in the scope `around`."""
        if isinstance(target, ast.Name):
            home = scope if scope.kind is ScopeKind.COMPREHENSION and around else scope.home(target.id)
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
        elif target not in self._targets:
            self._targets.add(target)
            self._walk(target, scope)

    def _bind_each(self, target: ast.expr, values: ast.expr, scope: Scope, around: Scope) -> None:
        """Binds the names of a loop's target to each literal item, or else to something unknown."""
        items: Sequence[ast.expr | None] = [None]
        if isinstance(values, ast.Tuple | ast.List | ast.Set):
            items = values.elts or items
        if not isinstance(target, ast.Name):  # an item that is not a pair says nothing, and is bound once
            size = len(target.elts) if isinstance(target, ast.Tuple | ast.List) else -1
            pairs = [
                each for each in items if isinstance(each, ast.Tuple | ast.List) and len(each.elts) == size
            ]
            items = [*pairs, None] if len(pairs) < len(items) else pairs
        for item in items:
            self._bind(target, item, scope, around)

    def _complain(self, node: ast.stmt | ast.expr, problem: str) -> None:
        if problem:
            self.problems.append((node.lineno, problem))


_KINDS_OF_LEAVES = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
_LEAVES = (ast.Constant, ast.alias, *(leaf for kind in _KINDS_OF_LEAVES for leaf in kind.__subclasses__()))
_SPECIAL: Mapping[type[ast.AST], Callable[[Binder, Any, Scope], None]] = {
    ast.Name: Binder._name,
    **dict.fromkeys(_LEAVES, Binder._leaf),
    ast.Attribute: Binder._attribute,
    ast.Call: Binder._call,
    ast.Subscript: Binder._subscript,
    ast.Import: Binder._import,
    ast.ImportFrom: Binder._import_from,
    ast.Assign: Binder._assign,
    ast.AnnAssign: Binder._annotated,
    ast.NamedExpr: Binder._annotated,
    ast.For: Binder._loop,
    ast.AsyncFor: Binder._loop,
    ast.FunctionDef: Binder._function,
    ast.AsyncFunctionDef: Binder._function,
    ast.Lambda: Binder._function,
    ast.ClassDef: Binder._class,
    ast.ListComp: Binder._comprehension,
    ast.SetComp: Binder._comprehension,
    ast.DictComp: Binder._comprehension,
    ast.GeneratorExp: Binder._comprehension,
    ast.Global: Binder._declared,
    ast.Nonlocal: Binder._declared,
    ast.ExceptHandler: Binder._handler,
    ast.Match: Binder._match,
}
