"""Faults to plant: one small change each, in the body of a function, made from the module's own source."""

from __future__ import annotations

import ast
import copy
import functools
import gc
import importlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

FLIPPED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.GtE, ast.LtE),
    ast.LtE: (ast.Gt, ast.Lt),
    ast.Gt: (ast.LtE, ast.GtE),
    ast.GtE: (ast.Lt, ast.Gt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
SWAPPED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.Mult: ast.Add,
}
# What asks less once one of its conditions is gone.
ASKING = frozenset({"filter", "exclude", "Q", "update", "alias", "annotate"})


@dataclass(frozen=True)
class Mutant:
    """One fault: in which function of which module, on which line, what it does in words; `harms` is that function."""

    module: str
    function: str
    line: int
    what: str
    plant: Callable[[], None]
    harms: Any = None

    @property
    def place(self) -> str:
        """The name of the function that it harms; for a row of the table, "row " and its action."""
        return str(self.harms.__qualname__) if self.harms else f"row {self.function}"

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.function}: {self.what}"


def mutants_of(name: str) -> list[Mutant]:
    """Return every fault that can be planted in the functions and methods of a module, in the order of its lines."""
    module = importlib.import_module(name)
    tree = ast.parse(Path(inspect.getfile(module)).read_text(encoding="utf-8"))
    found = []
    for path, function in _functions(module, tree.body, ()):
        for number, (line, what, _changed) in enumerate(_changes(_node(tree, path))):
            plant = _planting(name, tree, path, number, function)
            found.append(Mutant(name, ".".join(path), line, what, plant, function))
    return found


def _planting(
    name: str, tree: ast.Module, path: tuple[str, ...], number: int, function: FunctionType
) -> Callable[[], None]:
    def plant() -> None:
        changed = copy.deepcopy(tree)
        node = _node(changed, path)
        _line, _what, replace = list(_changes(node))[number]
        replace()
        ast.fix_missing_locations(changed)
        code: CodeType = compile(changed, name, "exec")
        for part in path:
            code = _named(code, part)
        # The function stays the one that everybody has imported; what it does is another thing.
        inner = dict(zip(_inner(function.__code__), _inner(code), strict=False))
        function.__code__ = code
        # What it returned before the fault was planted is not what it returns now.
        for kept in [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]:
            if kept.__module__.startswith("interventions"):
                kept.cache_clear()
        for made in [one for one in gc.get_objects() if isinstance(one, FunctionType)] if inner else []:
            # What it made when its module was loaded does another thing too.
            made.__code__ = inner.get(made.__code__, made.__code__)

    return plant


def _named(code: CodeType, name: str) -> CodeType:
    """Return the code of a class or function; that of a generic one lies within that of its type parameters."""
    made = {one.co_name: one for one in code.co_consts if isinstance(one, CodeType)}
    return made.get(name) or _named(made[f"<generic parameters of {name}>"], name)


def _inner(code: CodeType) -> list[CodeType]:
    return [one for one in code.co_consts if isinstance(one, CodeType) and not one.co_name.startswith("<")]


def _functions(
    owner: Any, body: list[ast.stmt], path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], FunctionType]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _functions(getattr(owner, node.name), node.body, (*path, node.name))
        elif isinstance(node, ast.FunctionDef):
            function = _plain(inspect.getattr_static(owner, node.name))
            if isinstance(function, FunctionType) and not function.__code__.co_freevars:
                yield (*path, node.name), function


def _plain(found: Any) -> Any:
    """Return the function under a property, a class method or a decorator."""
    for name in ("fget", "func", "__func__", "__wrapped__"):
        while getattr(found, name, None) is not None:
            found = getattr(found, name)
    return found


def _node(tree: ast.Module, path: tuple[str, ...]) -> ast.FunctionDef:
    body: Any = tree
    for name in path:
        body = next(one for one in body.body if getattr(one, "name", None) == name)
    found: ast.FunctionDef = body
    return found


type _Change = tuple[int, str, Callable[[], None]]


def _changes(function: ast.FunctionDef) -> Iterator[_Change]:
    """Yield (line, what, how) of each change of a function's body that is read when it runs.

    Its docstring is not, nor what a local variable is annotated with, nor `strict=True` between lists of one length.
    """
    for statement in function.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        unread = {id(part) for whole in _unread(statement) for part in ast.walk(whole)}
        for parent in ast.walk(statement):
            if id(parent) not in unread:
                yield from _of(parent)
    yield from _gone(function)


def _unread(statement: ast.stmt) -> Iterator[ast.AST]:
    for part in ast.walk(statement):
        if isinstance(part, ast.AnnAssign):
            yield part.annotation
        elif isinstance(part, ast.keyword) and part.arg == "strict":
            yield part.value


def _gone(function: ast.FunctionDef) -> Iterator[_Change]:
    for parent in ast.walk(function):
        for name in ("body", "orelse"):
            body = getattr(parent, name, None)
            if not isinstance(body, list):
                continue
            for place, one in enumerate(body):
                called = isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)
                if called or isinstance(one, ast.Raise):
                    yield one.lineno, f"without: {ast.unparse(one)[:60]}", _set_item(body, place, ast.Pass())


def _of(node: ast.AST) -> Iterator[_Change]:
    for kind, changes in KINDS:
        if isinstance(node, kind):
            yield from changes(node)


def _compared(node: ast.Compare) -> Iterator[_Change]:
    for place, operator in enumerate(node.ops):
        for other in FLIPPED.get(type(operator), ()):
            yield node.lineno, f"{_said(node)} by {other.__name__}", _set_item(node.ops, place, other())


def _joined(node: ast.BoolOp) -> Iterator[_Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield node.lineno, f"{_said(node)} by {type(other).__name__}", _set(node, "op", other)
    for place, value in enumerate(node.values):
        # What says nothing: a join of one operand is no Python.
        nothing = ast.Constant(isinstance(node.op, ast.And))
        yield node.lineno, f"without {_said(value)}", _set_item(node.values, place, nothing)


def _reckoned(node: ast.BinOp) -> Iterator[_Change]:
    if other := SWAPPED.get(type(node.op)):
        yield node.lineno, f"{_said(node)} by {other.__name__}", _set(node, "op", other())


def _asked_whether(node: ast.If | ast.IfExp) -> Iterator[_Change]:
    yield node.lineno, f"not: if {_said(node.test)}", _set(node, "test", _not(node.test))


def _returned(node: ast.Return) -> Iterator[_Change]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield node.lineno, f"None for {_said(node.value)}", _set(node, "value", ast.Constant(None))


def _constant(node: ast.Constant) -> Iterator[_Change]:
    if isinstance(node.value, bool | int):
        other = (not node.value) if isinstance(node.value, bool) else node.value + 1
        yield node.lineno, f"{other} for {node.value}", _set(node, "value", other)


def _asked(node: ast.Call) -> Iterator[_Change]:
    """Yield the call of a query with one condition less."""
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name in ASKING and len(node.keywords) + len(node.args) > 1:
        for place, keyword in enumerate(node.keywords):
            yield node.lineno, f"{name} without {ast.unparse(keyword)[:50]}", _drop(node.keywords, place)


KINDS: tuple[tuple[Any, Callable[[Any], Iterator[_Change]]], ...] = (
    (ast.Compare, _compared),
    (ast.BoolOp, _joined),
    (ast.BinOp, _reckoned),
    (ast.If | ast.IfExp, _asked_whether),
    (ast.Return, _returned),
    (ast.Constant, _constant),
    (ast.Call, _asked),
)


def _said(node: ast.AST) -> str:
    return ast.unparse(node)[:60]


def _not(test: ast.expr) -> ast.expr:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand
    return ast.UnaryOp(ast.Not(), test)


def _set(node: ast.AST, name: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, name, value)


def _set_item(items: list[Any], place: int, value: object) -> Callable[[], None]:
    return lambda: items.__setitem__(place, value)


def _drop(items: list[Any], place: int) -> Callable[[], None]:
    return lambda: items.__delitem__(place)
