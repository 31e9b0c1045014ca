"""Files that people edit: YAML into a validated model, or all mistakes at once, each with its line and fix (pure).

YAML 1.2 (`no` is a word, not false). A mistake is reported at its line: an unknown key at the key, a wrong value at the
value, a missing key at the item that lacks it.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from wirewatch.errors import FileProblem, FileProblems
from wirewatch.records import clean_text

ValuePath = tuple[str | int, ...]
"""The path to a value: keys and positions from the root, as pydantic writes it."""

Model = TypeVar("Model", bound=BaseModel)


_LARGEST = 10 * 1024 * 1024
"""Bytes of a file that somebody edits; the largest we ship has 120,000."""
_DEEPEST = 200
"""Brackets that may be open at a time."""
_BRACKET = re.compile(r"[\[\]{}]")
_LONGEST_FOUND = 80
"""Characters of a wrong value that a message shows."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake that needs more than one value to be seen, e.g. a key used twice."""

    place: ValuePath
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain values, with the line of each."""

    file: str
    value: Any
    problems: tuple[FileProblem, ...]
    """Keys that occur twice in one mapping, and characters that can't be stored."""
    _values: dict[ValuePath, int] = field(repr=False)
    _keys: dict[ValuePath, int] = field(repr=False)

    def line(self, place: ValuePath, *, key: bool = False) -> int:
        """1-based line of the value at `place`, or of its key; of the nearest one above when there is none."""
        lines = self._keys if key else self._values
        while place and place not in lines:
            as_written = (*place[:-1], str(place[-1]))  # a key that is a number
            place = as_written if as_written in lines else place[:-1]
            lines = lines if place is as_written else self._values
        return self._values.get((), 1) if not place else lines[place]

    def problem(self, mistake: Mistake) -> FileProblem:
        """`mistake` with file and line."""
        return FileProblem(self.file, self.line(mistake.place), mistake.what, mistake.fix)


def read_document(data: bytes, *, file: str) -> Document:
    """`data`, the content of `file`, as plain values.

    Raises FileProblems when it isn't UTF-8 or isn't YAML, or uses anchors: then nothing else can be said about it.
    """
    root, value = _parsed(_decoded(data, file), file)
    if root is None:
        return Document(file, value, (), {}, {})
    if shared := [_shared(file, node) for node in _shared_nodes(root)]:
        raise FileProblems(shared)
    return _located(file, root, value)


def _decoded(data: bytes, file: str) -> str:
    """The characters of a file that is small and flat enough to be parsed."""
    if len(data) > _LARGEST:
        what = f"too large: {len(data):,} bytes, at most {_LARGEST:,} are read"
        raise FileProblems([FileProblem(file, 0, what, "split it into several files")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileProblems([FileProblem(file, line, "not UTF-8", "save the file in UTF-8")]) from None
    if (deep := _too_deep(text)) is not None:
        raise FileProblems([FileProblem(file, deep, "nested too deeply", "close the brackets")])
    return text


def _parsed(text: str, file: str) -> tuple[Node | None, Any]:
    """The nodes of a YAML text, which know their lines, and the values that they stand for."""
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True
    yaml.Constructor = _Constructor
    try:
        root = yaml.compose(text)
        # As `yaml.load` does, without parsing the text a second time.
        return root, yaml.constructor.construct_document(root) if root is not None else None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"not YAML: {error.problem or error.context}"
        fix = "check indentation, colons and quotes on this line and the one before"
        raise FileProblems([FileProblem(file, mark.line + 1 if mark else 1, what, fix)]) from None
    except RecursionError:
        raise FileProblems([FileProblem(file, 1, "nested too deeply", "close the brackets")]) from None
    except (YAMLError, ValueError) as error:
        first = str(error).strip().split("\n")[0]
        line = text.count("\n", 0, error.position) + 1 if isinstance(error, ReaderError) else 1
        raise FileProblems([FileProblem(file, line, f"not YAML: {first}", "write plain YAML in UTF-8")]) from None


def _located(file: str, root: Node, value: Any) -> Document:
    """The lines of all keys and values below `root`, and what is wrong with single ones."""
    values: dict[ValuePath, int] = {}
    keys: dict[ValuePath, int] = {}
    problems: list[FileProblem] = []
    for place, node, key in _walk(root, ()):
        if key is not None:
            if place in keys:
                what = f"duplicate key `{place[-1]}`"
                fix = f"keep one of the two; the other is on line {keys[place]}"
                problems.append(FileProblem(file, key.start_mark.line + 1, what, fix))
                continue
            keys[place] = key.start_mark.line + 1
        is_empty = node.start_mark.index == node.end_mark.index
        # An empty value has the mark of some line below.
        values[place] = (key if key is not None and is_empty else node).start_mark.line + 1
        if isinstance(node, ScalarNode) and clean_text(node.value) != node.value:
            what = f"{shortened(repr(node.value))} contains a character that can't be stored"
            fix = "remove \\0 and characters between \\ud800 and \\udfff"
            problems.append(FileProblem(file, node.start_mark.line + 1, what, fix))
    return Document(file, value, tuple(problems), values, keys)


def read_model(
    data: bytes, model: type[Model], *, file: str, check: Callable[[Any], Iterable[Mistake]] = lambda value: ()
) -> tuple[Model, Document]:
    """`data`, the content of `file`, as a `model`.

    `check` looks at the plain values, valid or not, for what a model can't say. A field's `description` in the model
    is the fix of its mistakes: it says what to write. Raises FileProblems with every mistake, in the file's order.
    """
    document = read_document(data, file=file)
    problems = list(document.problems)
    valid = None
    try:
        valid = model.model_validate(document.value)
    except ValidationError as error:
        problems += [_problem(document, model, dict(detail)) for detail in error.errors(include_url=False)]
    problems += [document.problem(mistake) for mistake in check(document.value)]
    if problems or valid is None:
        raise FileProblems(sorted(problems, key=lambda problem: problem.line))
    return valid, document


def _too_deep(text: str) -> int | None:
    """The line on which too many brackets are open: reading on would take minutes."""
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > _DEEPEST:
            return text.count("\n", 0, bracket.start()) + 1
    return None


class _Constructor(SafeConstructor):
    """Keeps as text what looks like a number or a date but is not one, so that the model reports it with its place."""

    def construct_object(self, node: Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError:
            if not isinstance(node, ScalarNode):
                raise
            return node.value


def _walk(node: Node, place: ValuePath) -> Iterator[tuple[ValuePath, Node, Node | None]]:
    """Every value below `node` with its place and, in a mapping, its key's node."""
    yield place, node, None
    if isinstance(node, MappingNode):
        known = set()
        for key, value in node.value:
            inner = (*place, str(key.value))
            below = _walk(value, inner)
            next(below)
            yield inner, value, key
            if inner not in known:
                yield from below
            known.add(inner)
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield from _walk(item, (*place, number))


def _shared_nodes(root: Node) -> list[Node]:
    """The nodes that occur in several places, by an anchor and its aliases; each once."""
    seen, shared, waiting = {id(root)}, {}, [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, MappingNode):
            below = [part for pair in node.value for part in pair]
        else:
            below = node.value if isinstance(node, SequenceNode) else []
        for part in below:
            if id(part) in seen:
                shared[id(part)] = part
            else:
                seen.add(id(part))
                waiting.append(part)
    return list(shared.values())


def _shared(file: str, node: Node) -> FileProblem:
    what = f"`&{node.anchor}` is used again as `*{node.anchor}`"
    fix = "write the value at each place; anchors are not allowed, they can make a small file huge"
    return FileProblem(file, node.start_mark.line + 1, what, fix)


_MESSAGES = {
    "string_pattern_mismatch": "not of the right form",
    "literal_error": "not one of the known words",
    "model_type": "should be a mapping of keys",
    "dict_type": "should be a mapping of keys",
    "list_type": "should be a list",
    "too_short": "too few",
    "string_type": "should be text",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
}
"""Messages for pydantic's errors that are unclear without knowing pydantic, by error type."""


def _problem(document: Document, model: type[BaseModel], detail: dict[str, Any]) -> FileProblem:
    place: ValuePath = detail["loc"]
    kind = detail["type"]
    owner, description = _field(model, place)
    if document.value is None:
        begin = ", ".join(f"{key}:" for key in model.model_fields)
        return FileProblem(document.file, 1, "the file is empty", f"begin with: {begin}")
    if not place:
        subject, where = "the file", ""
    elif isinstance(place[-1], int):
        subject, where = _shown(place), ""
    else:
        subject, where = f"`{place[-1]}`", f" in {_shown(place[:-1])}" if place[:-1] else ""
    if place and place[-1] == "[key]":
        what = f"the key `{place[-2]}`{f' in {_shown(place[:-2])}' if place[:-2] else ''} is not text"
        line = document.line(place[:-1], key=True)
        return FileProblem(document.file, line, what, "write a word, or put it in quotes")
    name = str(place[-1]) if place else ""
    if kind == "missing":
        return FileProblem(
            document.file,
            document.line(place[:-1]),
            f"{subject} is missing{where}",
            f"add `{name}`: {description}" if description else f"add `{name}`",
        )
    if kind == "extra_forbidden":
        known = list(owner.model_fields) if owner else []
        near = difflib.get_close_matches(name, known, n=1)
        others = f"; known here: {', '.join(known)}" if known else ""
        fix = f"did you mean `{near[0]}`?" if near else f"remove it{others}"
        return FileProblem(document.file, document.line(place, key=True), f"unknown key {subject}{where}", fix)
    message = _MESSAGES.get(kind) or str(detail["msg"]).removeprefix("Value error, ")
    found = "" if isinstance(detail["input"], dict | list) else f", found {shortened(repr(detail['input']))}"
    return FileProblem(
        document.file,
        document.line(place),
        f"{subject}{where}: {message}{found}",
        f"write {description}" if description else "begin with: " + ", ".join(f"{key}:" for key in model.model_fields),
    )


def shortened(text: str) -> str:
    """A wrong value as a message shows it."""
    return text if len(text) <= _LONGEST_FOUND else text[:_LONGEST_FOUND] + "…"


def _shown(place: ValuePath) -> str:
    """`outlets[3].feeds[1]`, counted from 1 as people do."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


def _field(model: type[BaseModel], place: ValuePath) -> tuple[type[BaseModel] | None, str | None]:
    """The model that holds the field at `place`, and the field's description."""
    owner: type[BaseModel] | None = model
    description = None
    inner: type[BaseModel] | None = model
    is_key = False
    for part in place:
        if isinstance(part, int) or inner is None:
            continue
        if is_key:
            is_key = False
            continue
        owner = inner
        info = owner.model_fields.get(part) or next(
            (field for field in owner.model_fields.values() if field.alias == part), None
        )
        if info is None:
            return owner, None
        description = info.description
        inner = _model_within(info.annotation)
        is_key = typing.get_origin(info.annotation) is dict
    return owner, description


def _model_within(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation such as `list[Feed] | None`."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    return next(filter(None, map(_model_within, typing.get_args(annotation))), None)
