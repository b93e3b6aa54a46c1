"""Small changes to C and C++ code: where they can be made, and a text that holds all of them at once.

Every place is found in clang's syntax tree. `written` gives a file with each chosen mutant behind a question that is
asked as the code runs (mutants.h). The text of a mutant itself is raw, since only one is ever chosen: nesting is cheap.
"""
import pathlib
import re
from dataclasses import dataclass

from clang import cindex
from clang.cindex import CursorKind as Kind

SWAPS = {
    "+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["*"], "+=": ["-="], "-=": ["+="], "*=": ["/="], "/=": ["*="],
    "<": ["<=", ">"], "<=": ["<", ">="], ">": [">=", "<"], ">=": [">", "<="], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"],
}
OPERATORS = {Kind.BINARY_OPERATOR, Kind.COMPOUND_ASSIGNMENT_OPERATOR, Kind.CALL_EXPR, Kind.UNEXPOSED_EXPR}
LITERALS = {Kind.INTEGER_LITERAL, Kind.FLOATING_LITERAL, Kind.CXX_BOOL_LITERAL_EXPR}
STATEMENTS = {Kind.CALL_EXPR, Kind.COMPOUND_ASSIGNMENT_OPERATOR, Kind.BINARY_OPERATOR, Kind.UNARY_OPERATOR}
# What must be known as it is compiled.
NOT_ENTERED = {Kind.STATIC_ASSERT, Kind.ENUM_DECL, Kind.TYPE_ALIAS_DECL, Kind.TYPEDEF_DECL, Kind.CXX_THROW_EXPR}
# What describes or tells rather than acts; their arguments are left alone.
WORDS = re.compile(r"(doc|range|initial|unit|label|format|expect|__builtin_expect|static_assert)$")
CONSTANT = re.compile(r"\b(constexpr|constinit|consteval)\b")
SPACE = r"(?:\s|//[^\n]*\n|/\*.*?\*/)*"
BETWEEN = re.compile(SPACE + r"(\S+?)" + SPACE, re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    path: str  # in the tree
    line: int
    start: int  # of the whole expression, condition or statement, in bytes
    end: int
    how: str  # "expression", "condition" or "statement"
    edit: tuple = ()  # of an expression: from, to, text

    def key(self):
        return f"{self.path}:{self.start}:{self.end}:{self.how}:{self.edit[2:]}:{self.edit[:1]}"

    def lines(self, text):
        return range(self.line, self.line + text[self.start : self.end].count(b"\n") + 1)

    def changed(self, text):
        """The text of an expression, changed, on one line."""
        start, end, new = self.edit
        raw = text[self.start : start] + new.encode() + text[end : self.end]
        return b" ".join(re.sub(rb"//[^\n]*", b"", raw).split())

    def described(self, text):
        old = " ".join(text[self.start : self.end].decode().split())
        new = {"expression": lambda: self.changed(text).decode(), "condition": lambda: f"!({old})",
               "statement": lambda: "(removed)"}[self.how]()
        return f"{self.path}:{self.line}: {old} -> {new}"


def literals(text):
    if text in ("true", "false"):
        return ["false" if text == "true" else "true"]
    if re.fullmatch(r"\d+", text):
        return ["0", "2"] if text == "1" else [str(int(text) + 1)]
    if re.fullmatch(r"\d+\.\d+", text):
        return [repr(float(text) * 1.1 if float(text) else 1.0)]
    return []


class Finder:
    """Walks what a translation unit holds of the files of `paths`, each once."""

    def __init__(self, root, paths):
        self.root = root
        self.texts = {str(path): (root / path).read_bytes() for path in paths}
        self.walked = set()
        self.found = set()

    def parse(self, source, arguments):
        unit = cindex.Index.create().parse(str(source), args=arguments)
        walking = set()
        for cursor in unit.cursor.get_children():
            file = cursor.location.file
            if file is None:
                continue
            path = pathlib.Path(file.name)
            path = str(path.relative_to(self.root)) if path.is_relative_to(self.root) else ""
            if path not in self.texts or path in self.walked:
                continue
            walking.add(path)
            self.path, self.text = path, self.texts[path]
            self.walk(cursor, None)
        self.walked |= walking

    def slice(self, start, end):
        return self.text[start:end].decode(errors="replace")

    def add(self, cursor, how, edit=()):
        start, end = cursor.extent.start, cursor.extent.end
        self.found.add(Mutant(self.path, start.line, start.offset, end.offset, how, edit))

    def walk(self, cursor, parent):
        kind = cursor.kind
        if kind in NOT_ENTERED or (kind == Kind.CXX_METHOD and cursor.spelling == "describe"):
            return
        children = list(cursor.get_children())
        if kind == Kind.CASE_STMT:
            children = children[1:]
        if kind in (Kind.VAR_DECL, Kind.FIELD_DECL):
            children = self.initialisers(cursor, children)
        if kind in OPERATORS and len(children) >= 2:
            self.operator(cursor, children)
        if kind in LITERALS:
            self.literal(cursor)
        if kind == Kind.CALL_EXPR:
            self.smallest_or_largest(cursor)
            if WORDS.match(cursor.spelling or ""):
                children = children[:1]
        if kind in (Kind.IF_STMT, Kind.CONDITIONAL_OPERATOR):
            self.condition(cursor, children)
        if kind == Kind.COMPOUND_STMT:
            for child in children:
                if child.kind in STATEMENTS or (child.kind == Kind.UNEXPOSED_EXPR and len(list(child.get_children()))):
                    self.statement(child)
        for child in children:
            self.walk(child, cursor)

    def initialisers(self, cursor, children):
        """Those of a variable that is no constant, without the sizes and arguments of its type."""
        head = self.slice(cursor.extent.start.offset, cursor.extent.end.offset).split("=")[0].split("{")[0]
        if CONSTANT.search(head):
            return []
        # The initialiser, if there is any, comes last. Before it stand the parts of the type and, behind [ or :, sizes.
        name = cursor.location.offset
        return [child for child in children[-1:] if child.extent.start.offset > name
                and self.slice(name, child.extent.start.offset).rstrip()[-1:] not in ("[", ":")]

    def operator(self, cursor, children):
        left, right = children[0].extent, children[-1].extent
        between = BETWEEN.fullmatch(self.slice(left.end.offset, right.start.offset))
        if not between or left.start.offset < cursor.extent.start.offset or right.end.offset > cursor.extent.end.offset:
            return
        start = left.end.offset + len(self.slice(left.end.offset, right.start.offset)[: between.start(1)].encode())
        for other in SWAPS.get(between[1], []):
            self.add(cursor, "expression", (start, start + len(between[1]), other))

    def literal(self, cursor):
        start, end = cursor.extent.start.offset, cursor.extent.end.offset
        for other in literals(self.slice(start, end)):
            self.add(cursor, "expression", (start, end, other))

    def smallest_or_largest(self, cursor):
        start = cursor.extent.start.offset
        called = re.match(r"(?:std::)?f?(min|max)\b", self.slice(start, cursor.extent.end.offset))
        if called:
            other = {"min": "max", "max": "min"}[called[1]]
            self.add(cursor, "expression", (start + called.start(1), start + called.end(1), other))

    def condition(self, cursor, children):
        if not children or not children[0].kind.is_expression():
            return  # it declares something
        extent = children[0].extent
        if extent.start.offset < extent.end.offset and not CONSTANT.search(
                self.slice(cursor.extent.start.offset, extent.start.offset)):
            self.add(children[0], "condition")

    def statement(self, child):
        text = self.slice(child.extent.start.offset, child.extent.end.offset)
        if not re.search(r"\.doc\(|^(assert|return|delete)\b", text) and re.search(r"[(=]|\+\+|--", text):
            self.add(child, "statement")


RANK = {"statement": 0, "condition": 1, "expression": 2}


def written(text, numbered):
    """The text of a file in which each of the numbered mutants can be chosen."""
    places = {}
    for number, mutant in numbered:
        places.setdefault((mutant.start, -mutant.end, RANK[mutant.how]), []).append((number, mutant))
    waiting = sorted(places)

    def copy(start, end):
        pieces, at = [], start
        while waiting and waiting[0][0] < end:
            place = waiting.pop(0)
            first, last = place[0], -place[1]
            if first < at or last > end:
                continue  # it overlaps another, as macros can make it seem
            pieces += [text[at:first], around(places[place], copy(first, last))]
            at = last
        return b"".join(pieces + [text[at:end]])

    def around(mutants, inner):
        asked = [b"ondol_mutated(%d)" % number for number, _ in mutants]
        how = mutants[0][1].how
        if how == "statement":
            return b"if (!" + asked[0] + b") " + inner
        if how == "condition":
            return b"(" + asked[0] + b" == !(" + inner + b"))"
        choices = b"".join(ask + b" ? " + mutant.changed(text) + b" : " for ask, (_, mutant) in zip(asked, mutants))
        return b"(" + choices + inner + b")"

    header = pathlib.Path(__file__).with_name("mutants.h")
    return b'#include "%s"\n#line 1\n' % str(header).encode() + copy(0, len(text))
