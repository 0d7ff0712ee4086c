"""Random programs of the subset that eft shares with Python, run under both, their outputs compared.

    python3 programs.py compare EFT [--programs N] [--seed S]     runs both, prints each difference, made as small as it gets
    python3 programs.py write [--programs N] [--seed S]           prints programs with CPython's output, for the test suite

Every node is grown in both languages at once. What LANGUAGE.md declares different is bridged on the Python side:
  - ints have 64 bits: I(x) raises where eft reports an overflow;
  - containers are values: C(x) copies wherever a variable is read to be kept;
  - a condition is a bool: only bools are grown there, and a bool is no number;
  - true, false, none and the kinds of errors have other names: show() and kind() translate them;
  - a closure sees the values of the locals at its creation: no captured local is assigned again;
  - `x[k] += v`, `x[k].append(v)` and `x[j][k] = v` compute v and the keys before they look anything up, so that the element
    can be changed where it lies.
"""
import argparse
import copy
import io
import random
import re
import subprocess
import sys
import tempfile

# ---------------------------------------------------------------- what the Python twin runs with

LIMIT = 2**63


class Overflow(Exception):
    pass


def I(x):
    if isinstance(x, int) and not isinstance(x, bool) and not -LIMIT <= x < LIMIT:
        raise Overflow
    return x


def P(a, b):
    """a ** b without waiting for a number that cannot fit."""
    if isinstance(a, int) and isinstance(b, int) and b > 0 and abs(a) > 1 and b * (abs(a).bit_length() - 1) > 64:
        raise Overflow
    return I(a**b)


def L(a, b):
    if b > 200 and a != 0:
        raise Overflow
    return I(a << b)


def C(x):
    return copy.deepcopy(x) if isinstance(x, (list, dict, tuple)) else x


def text(x):
    """str(x) as eft writes it."""
    return x if isinstance(x, str) else show(x)


def show(x):
    """repr(x) as eft writes it."""
    if x is None:
        return "none"
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, list):
        return "[" + ", ".join(map(show, x)) + "]"
    if isinstance(x, tuple):
        return "(" + ", ".join(map(show, x)) + (",)" if len(x) == 1 else ")")
    if isinstance(x, dict):
        return "{" + ", ".join(show(k) + ": " + show(v) for k, v in x.items()) + "}"
    return repr(x)


def kind(error):
    for types, name in (
        ((ZeroDivisionError, OverflowError, Overflow), "NumericError"), ((IndexError,), "IndexError"), ((KeyError,), "KeyError"),
        ((ValueError,), "ValueError"), ((AssertionError,), "AssertionError"), ((TypeError,), "TypeError"),
    ):
        if isinstance(error, types):
            return name
    raise error


EXCEPTIONS = {
    "NumericError": "(ZeroDivisionError, OverflowError, Overflow)", "IndexError": "IndexError", "KeyError": "KeyError",
    "ValueError": "ValueError", "AssertionError": "AssertionError",
}

# ---------------------------------------------------------------- growing

WORDS = ["", "a", "ab", "banana", "Hello World", " x ", "a,b,,c", "été", "ß", "12", "-7", "3.5", "日本語", "x=1", "tab\there", "it's", 'say "hi"', "line\nend", "😀é"]
INTS = [0, 1, 2, 3, 5, 7, 10, 12, 64, 100, 255, 1000, 99991, 2**31, 2**53 + 1, 2**62, 2**63 - 1]
FLOATS = ["0.5", "1.5", "2.0", "0.1", "3.25", "1e-5", "1e16", "123.456", "0.001", "1e22", "7.0", "2.675", "1e300", "5e-324", "0.0"]
SCALARS = ["int", "float", "str", "bool"]
TYPES = SCALARS + ["list[int]", "list[str]", "list[float]", "dict[str,int]", "dict[int,str]", "tuple[int,str]", "list[list[int]]", "list[tuple[int,str]]"]
INT_SPECS = ["d", "5", "<6", "^7", "x", "X", "b", "o", "#x", "08", "+d", ",", "_", "*>8", "#b", "=+8"]
FLOAT_SPECS = [".2f", "8.3f", "<10", ">10", "^9", "+", "e", ".3g", "10.1f", ".0f", "g", ",", ".1%", "08.2f", ".4", "_<12.1f", ",.2f", "G"]
STR_SPECS = ["", ">8", "<8", "^8", "*^9", ".2", "5.1", "s"]


# How a value that a variable keeps is cut short.
CUTS = {t: (form, form) for t, form in {
    "str": "($)[:99]", "list[int]": "($)[:99]", "list[float]": "($)[:99]", "list[str]": "[c[:99] for c in ($)[:99]]", "list[list[int]]": "[c[:99] for c in ($)[:99]]",
    "dict[int,str]": "{k: c[:99] for k, c in ($).items()}", "list[tuple[int,str]]": "[(c[0], c[1][:99]) for c in ($)[:99]]",
}.items()}
CUTS["tuple[int,str]"] = ("(c => (c[0], c[1][:99]))($)", "(lambda c: (c[0], c[1][:99]))($)")


class E:
    """An expression in both languages."""

    def __init__(self, eft, py=None):
        self.eft = eft
        self.py = eft if py is None else py


def join(parts, separator=", "):
    return E(separator.join(p.eft for p in parts), separator.join(p.py for p in parts))


class Line:
    """A statement: a head, and blocks of statements; or one line."""

    def __init__(self, eft, py, blocks=()):
        self.eft, self.py, self.blocks = eft, py, list(blocks)


TICK = Line("tick = tick + 1; if tick > 40 { break }", "tick = tick + 1\nif tick > 40: break")


class Scope:
    def __init__(self, parent=None):
        self.variables = dict(parent.variables) if parent else {}
        self.frozen = set()          # names that must not be assigned: captured, or loop variables in use
        self.functions = dict(parent.functions) if parent else {}
        self.in_loop = False
        self.result = None           # type of the function's result
        self.depth = parent.depth + 1 if parent else 0

    def inner(self):
        """A block: the same variables, but those that it adds stay inside, since it may not run."""
        block = Scope.__new__(Scope)
        block.__dict__ = dict(self.__dict__)
        block.variables = dict(self.variables)
        block.functions = dict(self.functions)
        return block


class Grower:
    def __init__(self, rng):
        self.rng = rng
        self.count = 0

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def pick(self, options):
        return self.rng.choice(options)

    def chance(self, p):
        return self.rng.random() < p

    # ------------------------------------------------------------ expressions

    def literal(self, t):
        r = self.rng
        if t == "int":
            return E(str(self.pick(INTS) if self.chance(0.6) else r.randrange(10**4)))
        if t == "float":
            return E(self.pick(FLOATS))
        if t == "str":
            s = self.pick(WORDS)
            quoted = '"' + s.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'
            return E(quoted)
        if t == "bool":
            b = self.chance(0.5)
            return E("true" if b else "false", "True" if b else "False")
        if t.startswith("list["):
            parts = join([self.literal(t[5:-1]) for _ in range(r.randrange(5))])
            return E("[" + parts.eft + "]", "[" + parts.py + "]")
        if t.startswith("dict["):
            k, v = t[5:-1].split(",")
            entries = [(self.literal(k), self.literal(v)) for _ in range(r.randrange(4))]
            return E("{" + ", ".join(f"{a.eft}: {b.eft}" for a, b in entries) + "}", "{" + ", ".join(f"{a.py}: {b.py}" for a, b in entries) + "}")
        if t.startswith("tuple["):
            parts = join([self.literal(part) for part in t[6:-1].split(",")])
            return E("(" + parts.eft + ")", "(" + parts.py + ")")
        raise AssertionError(t)

    def small(self, scope, depth):
        """An int from -6 to 12, as positions and counts are."""
        if self.chance(0.5):
            return E(str(self.rng.randrange(-6, 13)))
        inner = self.expression("int", scope, depth)
        return E(f"(({inner.eft}) % 13 - 3)", f"(({inner.py}) % 13 - 3)")

    def expression(self, t, scope, depth):
        known = [n for n, kind_ in scope.variables.items() if kind_ == t]
        if depth <= 0 or self.chance(0.15):
            if known and self.chance(0.75):
                n = self.pick(known)
                return E(n, n if t in SCALARS else f"C({n})")
            return self.literal(t)
        if known and self.chance(0.25):
            n = self.pick(known)
            return E(n, n if t in SCALARS else f"C({n})")
        calls = [(n, f) for n, f in scope.functions.items() if f[1] == t]
        if calls and self.chance(0.2):
            return self.call(*self.pick(calls), scope, depth)
        if self.chance(0.08):
            c, a, b = self.expression("bool", scope, depth - 1), self.expression(t, scope, depth - 1), self.expression(t, scope, depth - 1)
            form = self.pick(["ternary", "if"])
            py = f"(({a.py}) if ({c.py}) else ({b.py}))"
            return E(f"(({a.eft}) if ({c.eft}) else ({b.eft}))" if form == "ternary" else f"(if {c.eft} {{ {a.eft} }} else {{ {b.eft} }})", py)
        grow = {"int": self.int_, "float": self.float_, "str": self.str_, "bool": self.bool_}.get(t)
        if grow:
            return grow(scope, depth - 1)
        if t.startswith("list["):
            return self.list_(t, scope, depth - 1)
        if t.startswith("dict["):
            return self.dict_(t, scope, depth - 1)
        parts = join([self.expression(part, scope, depth - 1) for part in t[6:-1].split(",")])
        return E("(" + parts.eft + ")", "(" + parts.py + ")")

    def fill(self, form, scope, depth, *types, grow=None):
        """The form with $0, $1 … replaced by grown parts in parentheses; a pair of forms where the languages differ."""
        eft, py = form if isinstance(form, tuple) else (form, form)
        parts = [self.small(scope, depth) if t == "small" else (grow or self.expression)(t, scope, depth) for t in types]
        return E(
            re.sub(r"\$(\d)", lambda m: f"({parts[int(m.group(1))].eft})", eft), re.sub(r"\$(\d)", lambda m: f"({parts[int(m.group(1))].py})", py))

    def kept(self, t, scope, depth):
        """An expression whose value is kept: cut to a length, since loops could double it without end."""
        e = self.expression(t, scope, depth)
        eft, py = CUTS.get(t, ("$", "$"))
        return E(eft.replace("$", e.eft), py.replace("$", e.py))

    def call(self, name, f, scope, depth):
        parameters, _, rest = f
        eft, py = [], []
        named = False
        for p, t, default in parameters:
            if default and self.chance(0.4):
                named = True
                continue
            a = self.expression(t, scope, depth - 1)
            if named or (self.chance(0.25) and not rest):
                named = True
                eft.append(f"{p} = {a.eft}")
                py.append(f"{p}={a.py}")
            else:
                eft.append(a.eft)
                py.append(a.py)
        if rest and not named:
            for _ in range(self.rng.randrange(3)):
                a = self.expression(rest, scope, depth - 1)
                eft.append(a.eft)
                py.append(a.py)
        return E(f"{name}({', '.join(eft)})", f"{name}({', '.join(py)})")

    def int_(self, scope, d):
        form = self.pick([
            (("$0 + $1", "I($0 + $1)"), "int", "int"), (("$0 - $1", "I($0 - $1)"), "int", "int"), (("$0 * $1", "I($0 * $1)"), "int", "int"),
            (("$0 // $1", "I($0 // $1)"), "int", "int"), ("$0 % $1", "int", "int"), (("$0 ** abs($1)", "P($0, abs($1))"), "int", "small"),
            (("-$0", "I(-$0)"), "int"), (("abs($0)", "I(abs($0))"), "int"), ("len($0)", "str"), ("len($0)", "list[int]"), ("len($0)", "dict[str,int]"),
            ("$0 & $1", "int", "int"), ("$0 | $1", "int", "int"), ("$0 ^ $1", "int", "int"), ("~$0", "int"), ("$0 >> abs($1)", "int", "small"),
            (("$0 << abs($1)", "L($0, abs($1))"), "int", "small"), (("sum($0)", "S($0)"), "list[int]"), ("max($0)", "list[int]"), ("min($0, $1)", "int", "int"),
            ("$0[$1]", "list[int]", "small"), ("$0[$1]", "dict[str,int]", "str"), ("$0.get($1, $2)", "dict[str,int]", "str", "int"),
            ("$0.count($1)", "str", "str"), ("$0.find($1)", "str", "str"), ("$0.rfind($1)", "str", "str"), ("$0.rindex($1)", "str", "str"),
            ("$0.count($1, $2)", "str", "str", "small"), ("$0.count($1, $2, $3)", "str", "str", "small", "small"), ("$0.find($1, $2, $3)", "str", "str", "small", "small"),
            ("$0.rfind($1, $2)", "str", "str", "small"), ("$0.index($1)", "list[int]", "int"), ("$0.count($1)", "list[int]", "int"),
            ("$0[0]", "tuple[int,str]"), (("round($0)", "I(round($0))"), "float"), (("int($0)", "I(int($0))"), "float"), ("int($0)", "str"),
            ("ord($0[$1])", "str", "small"), ("divmod($0, $1)[1]", "int", "int"), (("sum([$1 for _ in range(abs($0))])", "S([$1 for _ in range(abs($0))])"), "small", "int"),
            ("len([1 for q in $0 if q in $1])", "str", "str"), ("len(set_of($0))", "list[int]"), (("round($0, -1)", "I(round($0, -1))"), "int"),
        ])
        if form[0] == "len(set_of($0))":
            return self.fill(("len(unique($0))", "len(dict.fromkeys($0))"), scope, d, *form[1:])
        return self.fill(form[0], scope, d, *form[1:])

    def float_(self, scope, d):
        form = self.pick([
            ("$0 + $1", "float", "int"), ("$0 - $1", "float", "float"), ("$0 * $1", "int", "float"), ("$0 * $1", "float", "float"), ("$0 / $1", "int", "int"),
            ("$0 / $1", "float", "float"), ("$0 // $1", "float", "int"), ("$0 % $1", "float", "float"), ("$0 ** 2", "float"), ("$0 ** -1", "int"), ("-$0", "float"),
            ("abs($0)", "float"), ("float($0)", "int"), ("float($0)", "str"), ("round($0, 2)", "float"), ("round($0, $1)", "float", "small"), ("min($0, $1)", "float", "float"),
            ("$0[$1]", "list[float]", "small"), ("max($0)", "list[float]"), ("sum($0)", "list[float]"), ("divmod($0, $1)[0]", "float", "float"),
        ])
        return self.fill(form[0], scope, d, *form[1:])

    def str_(self, scope, d):
        if self.chance(0.25):
            return self.fstring(scope, d)
        form = self.pick([
            ("$0 + $1", "str", "str"), ("$0 * $1", "str", "small"), ("$0[::-1]", "str"), ("$0[$1:$2]", "str", "small", "small"), ("$0[$1]", "str", "small"),
            ("$0[$1:]", "str", "small"), ("$0[:$1:2]", "str", "small"), ("$0[::-2]", "str"), (("str($0)", "text($0)"), "int"), (("str($0)", "text($0)"), "float"),
            (("str($0)", "text($0)"), "bool"), (("str($0)", "text($0)"), "list[str]"), (("repr($0)", "show($0)"), "str"), (("repr($0)", "show($0)"), "dict[str,int]"),
            (("str($0)", "text($0)"), "list[tuple[int,str]]"), (("str($0)", "text($0)"), "dict[int,str]"), (("str($0)", "text($0)"), "list[float]"),
            ("$0.upper()", "str"), ("$0.lower()", "str"), ("$0.title()", "str"), ("$0.capitalize()", "str"), ("$0.strip()", "str"), ("$0.strip($1)", "str", "str"),
            ("$0.lstrip()", "str"), ("$0.rstrip($1)", "str", "str"), ("$0.replace($1, $2)", "str", "str", "str"), ("$0.replace($1, $2, 1)", "str", "str", "str"),
            ("$0.join($1)", "str", "list[str]"), ("$0.zfill($1)", "str", "small"), ("$0.center($1, '*')", "str", "small"), ("$0.ljust($1)", "str", "small"),
            ("$0.rjust($1, '.')", "str", "small"), ("$0.removeprefix($1)", "str", "str"), ("$0.removesuffix($1)", "str", "str"), ("hex($0)", "int"), ("bin($0)", "int"),
            ("chr($0 % 500 + 32)", "int"), ("max($0, $1)", "str", "str"), ("$0[$1]", "list[str]", "small"), ("$0[$1]", "dict[int,str]", "int"), ("$0[1]", "tuple[int,str]"),
            ("$0.get($1, $2)", "dict[int,str]", "int", "str"), ("''.join(sorted($0))", "str"), ("min($0)", "list[str]"), ("$0.swapcase()", "str"),
            ("'{}/{:>5}'.format($0, $1)", "int", "str"), ("$0.partition($1)[2]", "str", "str"), ("$0.rpartition($1)[0]", "str", "str"),
        ])
        return self.fill(form[0], scope, d, *form[1:])

    def fstring(self, scope, d):
        eft, py, values = "", "", []
        for _ in range(self.rng.randrange(1, 4)):
            piece = self.pick(["", "x", ": ", "{{", "}}", "é"])
            t, specs = self.pick([("int", INT_SPECS), ("float", FLOAT_SPECS), ("str", STR_SPECS)])
            v = self.expression(t, scope, d - 1)
            spec = self.pick(["", ":" + self.pick(specs), "!r" if t == "str" else ""])
            eft += piece + "{(" + v.eft + ")" + spec + "}"
            py += piece + f"{{V[{len(values)}]{spec}}}"
            values.append(v.py)
        # Nested quotes and braces are eft's to allow and not CPython 3.11's: the values come by a list.
        return E(f'f"{eft}"', f'(lambda V: f"{py}")([{", ".join(values)}])')

    def bool_(self, scope, d):
        form = self.pick([
            ("$0 < $1", "int", "float"), ("$0 <= $1", "float", "int"), ("$0 == $1", "int", "float"), ("$0 != $1", "str", "str"), ("$0 < $1", "str", "str"),
            ("$0 >= $1", "list[int]", "list[int]"), ("$0 == $1", "list[str]", "list[str]"), ("$0 == $1", "tuple[int,str]", "tuple[int,str]"),
            ("$0 < $1 < $2", "int", "int", "float"), ("$0 < $1 >= $2 != $3", "int", "int", "int", "int"), ("$0 in $1", "int", "list[int]"), ("$0 in $1", "str", "str"),
            ("$0 not in $1", "str", "dict[str,int]"), (("not $0", "not $0"), "bool"), (("$0 and $1", "$0 and $1"), "bool", "bool"), (("$0 or $1", "$0 or $1"), "bool", "bool"),
            ("$0.startswith($1)", "str", "str"), ("$0.endswith($1)", "str", "str"), ("$0.isdigit()", "str"), ("$0.isalpha()", "str"), ("$0.isalnum()", "str"),
            ("$0.isspace()", "str"), ("$0.isupper()", "str"), ("$0.islower()", "str"), ("$0 == $1", "dict[str,int]", "dict[str,int]"),
            ("any([q > $1 for q in $0])", "list[int]", "int"), ("all([q != $1 for q in $0])", "list[str]", "str"), ("$0 in $1", "list[int]", "list[list[int]]"),
            ("$0 < $1", "tuple[int,str]", "tuple[int,str]"), ("$0 > $1", "list[float]", "list[float]"), ("$0 == $1", "int", "int"), ("$0 < $1", "int", "int"),
        ])
        return self.fill(form[0], scope, d, *form[1:])

    def list_(self, t, scope, d):
        item = t[5:-1]
        forms = [
            (("$0 + $1", "$0 + $1"), t, t), ("$0[$1:]", t, "small"), ("$0[$1:$2]", t, "small", "small"), ("$0[::-1]", t), ("$0[$1::2]", t, "small"),
            (("$0 * ($1 % 3)", "$0 * ($1 % 3)"), t, "small"), (("reversed($0)", "list(reversed($0))"), t), ("[$0, $1]", item, item),
        ]
        if item in ("int", "str", "float", "tuple[int,str]", "list[int]"):
            forms += [("sorted($0)", t), (("sorted($0, reverse = true)", "sorted($0, reverse=True)"), t)]
        if item == "int":
            forms += [
                ("list(range($0))", "small"), ("list(range($0, $1))", "small", "small"), ("list(range($0, $1, 3))", "small", "small"), ("list(range($0, $1, -2))", "small", "small"),
                (("$0.values()", "list($0.values())"), "dict[str,int]"), (("$0.keys()", "list($0.keys())"), "dict[int,str]"),
                (("map(q => q // 3, $0)", "list(map(lambda q: q // 3, $0))"), t), (("filter(q => q % 2 == 0, $0)", "list(filter(lambda q: q % 2 == 0, $0))"), t),
                (("[ord(q) for q in $0]", "[ord(q) for q in $0]"), "str"), ("[q[0] for q in $0]", "list[tuple[int,str]]"), ("[r for q in $0 for r in q if r > $1]", "list[list[int]]", "int"),
                (("[i * 2 for i, q in enumerate($0) if q < $1]", "[i * 2 for i, q in enumerate($0) if q < $1]"), "list[str]", "str"), ("[len(q) for q in $0]", "list[str]"),
                (("sorted($0, key = q => q % 7)", "sorted($0, key=lambda q: q % 7)"), t), (("sorted($0, key = q => -(q // 5), reverse = true)", "sorted($0, key=lambda q: -(q // 5), reverse=True)"), t),
            ]
        if item == "str":
            forms += [
                ("$0.split()", "str"), ("$0.split($1)", "str", "str"), ("$0.split(',', 1)", "str"), ("$0.splitlines()", "str"), ("list($0)", "str"),
                (("$0.keys()", "list($0.keys())"), "dict[str,int]"), (("$0.values()", "list($0.values())"), "dict[int,str]"), ("[q + $1 for q in $0]", t, "str"),
                (("[str(q) for q in $0]", "[text(q) for q in $0]"), "list[int]"), ("[q.upper() for q in $0 if len(q) > 1]", t), ("$0.rsplit(',', 1)", "str"),
                (("sorted($0, key = len)", "sorted($0, key=len)"), t), ("[q[1] for q in $0]", "list[tuple[int,str]]"), (("unique($0)", "list(dict.fromkeys($0))"), t),
            ]
        if item == "float":
            forms += [("[q / 4 for q in $0]", "list[int]"), ("[float(q) for q in $0]", "list[int]"), ("[q * 0.5 for q in $0 if q > $1]", t, "float")]
        if item == "list[int]":
            forms += [("[$0[i:] for i in range(len($0))]", "list[int]"), ("[[q, q] for q in $0]", "list[int]"), ("[list(range(q % 4)) for q in $0]", "list[int]")]
        if item == "tuple[int,str]":
            forms += [
                (("zip($0, $1)", "list(zip($0, $1))"), "list[int]", "list[str]"), (("enumerate($0)", "list(enumerate($0))"), "list[str]"), (("$0.items()", "list($0.items())"), "dict[int,str]"),
                (("sorted($0, key = q => q[1])", "sorted($0, key=lambda q: q[1])"), t), ("[(len(q), q) for q in $0]", "list[str]"), (("enumerate($0, 5)", "list(enumerate($0, 5))"), "list[str]"),
            ]
        form = self.pick(forms)
        return self.fill(form[0], scope, d, *form[1:])

    def dict_(self, t, scope, d):
        if t == "dict[str,int]":
            forms = [
                ("{q: len(q) for q in $0}", "list[str]"), (("{str(q): q for q in $0 if q < $1}", "{text(q): q for q in $0 if q < $1}"), "list[int]", "int"),
                ("{$0: $1, $2: $3}", "str", "int", "str", "int"), ("{q: i for i, q in enumerate($0)}", "list[str]"), ("dict(zip($0, $1))", "list[str]", "list[int]"), (("dict(a = $0, b = $1)", "dict(a=$0, b=$1)"), "int", "int"),
            ]
        else:
            forms = [("{$0: $1, $2: $3}", "int", "str", "int", "str"), ("{i: q for i, q in enumerate($0)}", "list[str]"), ("dict($0)", "list[tuple[int,str]]"), ("{len(q): q for q in $0}", "list[str]")]
        form = self.pick(forms)
        return self.fill(form[0], scope, d, *form[1:])

    # ------------------------------------------------------------ statements

    def block(self, scope, size, depth):
        lines = []
        for _ in range(size):
            line = self.statement(scope, depth)
            lines.append(line)
        return lines or [Line("x0 = 0", "x0 = 0")]

    def statement(self, scope, depth):
        kinds = ["assign"] * 5 + ["print"] * 3 + ["augment"] * 2 + ["mutate"] * 4 + ["destructure"]
        if depth > 0:
            kinds += ["if"] * 3 + ["for"] * 3 + ["while"] + ["try"] * 2 + ["fn"] * 2 + ["closure"]
        if scope.in_loop:
            kinds += ["leave"]
        if scope.result:
            kinds += ["return"]
        return getattr(self, self.pick(kinds) + "_statement")(scope, depth)

    def assignable(self, scope, t=None):
        return [n for n, kind_ in scope.variables.items() if n not in scope.frozen and n in scope.own and (t is None or kind_ == t)]

    def print_statement(self, scope, depth):
        parts = [self.expression(self.pick(TYPES), scope, 3) for _ in range(self.rng.randrange(1, 4))]
        return Line(f"print({', '.join(p.eft for p in parts)})", f"print({', '.join('text(' + p.py + ')' for p in parts)})")

    def assign_statement(self, scope, depth):
        t = self.pick(TYPES)
        value = self.kept(t, scope, 4)
        old = self.assignable(scope, t)
        n = self.pick(old) if old and self.chance(0.4) else self.name("v")
        scope.variables[n] = t
        scope.own.add(n)
        return Line(f"{n} = {value.eft}", f"{n} = {value.py}")

    def augment_statement(self, scope, depth):
        targets = [(n, scope.variables[n]) for n in self.assignable(scope) if scope.variables[n] in ("int", "float", "str", "list[int]", "list[str]", "dict[str,int]", "list[list[int]]")]
        if not targets:
            return self.assign_statement(scope, depth)
        n, t = self.pick(targets)
        if t == "int":
            op = self.pick(["+", "-", "*", "//", "%"])
            v = self.expression("int", scope, 2)
            return Line(f"{n} {op}= {v.eft}", f"{n} = I({n} {op} ({v.py}))")
        if t == "float":
            op = self.pick(["+", "-", "*", "/"])
            v = self.expression("float", scope, 2)
            return Line(f"{n} {op}= {v.eft}", f"{n} {op}= {v.py}")
        if t in ("str", "list[str]"):
            v = self.kept(t, scope, 2)
            return Line(f"{n} += {v.eft}", f"{n} = {n} + ({v.py})")
        if t == "dict[str,int]":
            k, v = self.expression("str", scope, 2), self.expression("int", scope, 2)
            return self.augmented(n, k, v)
        if t == "list[list[int]]":
            a, b = self.small(scope, 1), self.kept("list[int]", scope, 2)
            return self.augmented(n, a, b)
        a, b = self.small(scope, 1), self.expression("int", scope, 2)
        return self.augmented(n, a, b)

    def augmented(self, name, key, value):
        return Line(f"{name}[{key.eft}] += {value.eft}", f"_k = {key.py}\n_v = {value.py}\n{name}[_k] = I({name}[_k] + _v)")

    def mutate_statement(self, scope, depth):
        targets = [(n, scope.variables[n]) for n in self.assignable(scope) if scope.variables[n].startswith(("list", "dict"))]
        if not targets:
            return self.assign_statement(scope, depth)
        n, t = self.pick(targets)
        if t.startswith("list["):
            item = t[5:-1]
            forms = [
                ("@.append($0)", item), ("@.extend($0)", t), ("@.insert($0, $1)", "small", item), ("@.pop()",), ("@.pop($0)", "small"), ("@.reverse()",), ("@[$0] = $1", "small", item),
                ("@.clear()",), ("@ += $0", t),
            ]
            if item in ("int", "str"):
                forms += [("@.sort()",), ("@.remove($0)", item), (("@.sort(reverse = true)", "@.sort(reverse=True)"),)]
            if item == "list[int]":
                forms += [(("@[$0].append($1)", "_k = $0\n_v = $1\n@[_k].append(_v)"), "small", "int"), (("@[$0][$1] = $2", "_v = $2\n_j = $0\n_k = $1\n@[_j][_k] = _v"), "small", "small", "int"), ("@[-1].pop()",)]
        else:
            k, v = t[5:-1].split(",")
            forms = [("@[$0] = $1", k, v), ("@.update($0)", t), ("@.pop($0)", k), ("@.pop($0, $1)", k, v), ("@.setdefault($0, $1)", k, v), ("@.clear()",)]
        form = self.pick(forms)
        eft, py = form[0] if isinstance(form[0], tuple) else (form[0], form[0])
        e = self.fill((eft, py), scope, 2, *form[1:], grow=self.kept)
        return Line(e.eft.replace("@", n), e.py.replace("@", n))

    def destructure_statement(self, scope, depth):
        pick = self.pick(["pair", "star", "nested", "swap"])
        if pick == "pair":
            e = self.kept("tuple[int,str]", scope, 2)
            a, b = self.name("v"), self.name("v")
            scope.variables.update({a: "int", b: "str"})
            scope.own |= {a, b}
            return Line(f"{a}, {b} = {e.eft}", f"{a}, {b} = {e.py}")
        if pick == "star":
            e = self.kept("list[int]", scope, 3)
            a, b = self.name("v"), self.name("v")
            scope.variables.update({a: "int", b: "list[int]"})
            scope.own |= {a, b}
            text_ = self.pick([f"{a}, *{b}", f"*{b}, {a}"])
            return Line(f"{text_} = {e.eft}", f"{text_} = {e.py}")
        if pick == "nested":
            i, e = self.expression("int", scope, 2), self.kept("tuple[int,str]", scope, 2)
            a, b, c = self.name("v"), self.name("v"), self.name("v")
            scope.variables.update({a: "int", b: "int", c: "str"})
            scope.own |= {a, b, c}
            return Line(f"{a}, ({b}, {c}) = {i.eft}, {e.eft}", f"{a}, ({b}, {c}) = {i.py}, {e.py}")
        ints = self.assignable(scope, "int")
        if len(ints) < 2:
            return self.assign_statement(scope, depth)
        a, b = self.rng.sample(ints, 2)
        return Line(f"{a}, {b} = {b}, {a}", f"{a}, {b} = {b}, {a}")

    def if_statement(self, scope, depth):
        c = self.expression("bool", scope, 3)
        blocks = [(f"if {c.eft}", f"if {c.py}", self.block(scope.inner(), self.rng.randrange(1, 4), depth - 1))]
        if self.chance(0.4):
            c = self.expression("bool", scope, 2)
            blocks.append((f"else if {c.eft}", f"elif {c.py}", self.block(scope.inner(), self.rng.randrange(1, 3), depth - 1)))
        if self.chance(0.5):
            blocks.append(("else", "else", self.block(scope.inner(), self.rng.randrange(1, 3), depth - 1)))
        return Line("", "", blocks)

    def for_statement(self, scope, depth):
        inner = scope.inner()
        inner.in_loop = True
        inner.frozen = set(inner.frozen)
        pick = self.pick(["range", "list", "dict", "enumerate", "str", "zip"])
        a, b = self.name("i"), self.name("i")
        if pick == "range":
            e = self.fill("range($0)", scope, 1, "small")
            names, types = [a], ["int"]
        elif pick == "list":
            t = self.pick(["list[int]", "list[str]", "list[list[int]]"])
            e = self.expression(t, scope, 2)
            names, types = [a], [t[5:-1]]
        elif pick == "dict":
            e = self.fill("$0.items()", scope, 2, "dict[str,int]")
            names, types = [a, b], ["str", "int"]
        elif pick == "enumerate":
            e = self.fill("enumerate($0)", scope, 2, "list[str]")
            names, types = [a, b], ["int", "str"]
        elif pick == "zip":
            e = self.fill("zip($0, $1)", scope, 2, "list[int]", "str")
            names, types = [a, b], ["int", "str"]
        else:
            e = self.expression("str", scope, 2)
            names, types = [a], ["str"]
        for n, t in zip(names, types):
            inner.variables[n] = t
            inner.frozen.add(n)
        body = self.block(inner, self.rng.randrange(1, 4), depth - 1)
        eft = f"for {', '.join(names)} in {e.eft}"
        # A loop ends after 40 rounds in all, nested loops included.
        body.insert(0, TICK)
        return Line("", "", [(eft, f"for {', '.join(names)} in {e.py}", body)])

    def while_statement(self, scope, depth):
        inner = scope.inner()
        inner.in_loop = True
        c = self.expression("bool", scope, 2)
        body = self.block(inner, self.rng.randrange(1, 3), depth - 1)
        body.insert(0, TICK)
        return Line("", "", [(f"while {c.eft}", f"while {c.py}", body)])

    def leave_statement(self, scope, depth):
        c = self.expression("bool", scope, 2)
        word = self.pick(["break", "continue"])
        return Line("", "", [(f"if {c.eft}", f"if {c.py}", [Line(word, word)])])

    def return_statement(self, scope, depth):
        c = self.expression("bool", scope, 2)
        v = self.expression(scope.result, scope, 3)
        return Line("", "", [(f"if {c.eft}", f"if {c.py}", [Line(f"return {v.eft}", f"return {v.py}")])])

    def try_statement(self, scope, depth):
        body = self.block(scope.inner(), self.rng.randrange(1, 4), depth - 1)
        if self.chance(0.3):
            m = self.expression("str", scope, 1)
            kind_ = self.pick(["ValueError", "IndexError"])
            body.insert(self.rng.randrange(len(body) + 1), Line(f"raise {kind_}({m.eft})", f"raise {kind_}({m.py})"))
        blocks = [("try", "try", body)]
        if self.chance(0.5):
            k = self.pick(list(EXCEPTIONS))
            blocks.append((f"catch {k} e", f"except {EXCEPTIONS[k]} as e", [Line(f'print("caught {k}")', f'print("caught {k}")')] + self.block(scope.inner(), 1, 0)))
        if self.chance(0.5) or len(blocks) == 1 and self.chance(0.5):
            blocks.append(("catch e", "except Exception as e", [Line("print(e.kind)", "print(kind(e))")] + self.block(scope.inner(), 1, 0)))
        if self.chance(0.4) or len(blocks) == 1:
            blocks.append(("finally", "finally", self.block(self.plain(scope), self.rng.randrange(1, 3), 0)))
        return Line("", "", blocks)

    def plain(self, scope):
        """A block that does not leave a loop or function: Python would drop the error under way."""
        inner = scope.inner()
        inner.in_loop = False
        inner.result = None
        return inner

    def fn_statement(self, scope, depth):
        name = self.name("f")
        inner = Scope()
        inner.own = set()
        inner.frozen = set()
        inner.functions = dict(scope.functions)
        inner.variables = {n: t for n, t in scope.variables.items() if n in scope.outer or scope.depth == 0}
        inner.outer = set(inner.variables)
        inner.depth = scope.depth + 1
        if scope.depth > 0:
            # Locals of the enclosing function are captured: they stay as they are.
            captured = {n: t for n, t in scope.variables.items() if n not in scope.outer}
            inner.variables.update(captured)
            inner.outer |= set(captured)
            scope.frozen |= set(captured)
        parameters = []
        eft, py = [], []
        for _ in range(self.rng.randrange(4)):
            p, t = self.name("p"), self.pick(TYPES)
            default = self.literal(t) if (parameters and parameters[-1][2]) or self.chance(0.3) else None
            parameters.append((p, t, default is not None))
            eft.append(p + (f" = {default.eft}" if default else ""))
            py.append(p + (f"={default.py}" if default else ""))
        rest = None
        if self.chance(0.2):
            rest = self.pick(["int", "str"])
            rest_name = self.name("p")
            eft.append("*" + rest_name)
            py.append("*" + rest_name)
            inner.variables[rest_name] = f"list[{rest}]"
            inner.own.add(rest_name)
        for p, t, _ in parameters:
            inner.variables[p] = t
            inner.own.add(p)
        inner.result = self.pick(TYPES)
        body = [Line("tick = 0", "tick = 0")]
        # Defaults are made anew at each call in eft, and *rest is a list there.
        if rest:
            body[0] = Line("tick = 0", f"tick = 0\n{rest_name} = list({rest_name})")
        body[0].py += "".join(f"\n{q} = C({q})" for q, t, default in parameters if default and t not in SCALARS)
        body += self.block(inner, self.rng.randrange(1, 5), depth - 1)
        v = self.kept(inner.result, inner, 3)
        body.append(Line(v.eft if self.chance(0.5) and not v.eft.startswith(("(", "[", "{", "-", "~")) else f"return {v.eft}", f"return {v.py}"))
        scope.functions = dict(scope.functions)
        scope.functions[name] = (parameters, inner.result, rest)
        return Line("", "", [(f"fn {name}({', '.join(eft)})", f"def {name}({', '.join(py)})", body)])

    def closure_statement(self, scope, depth):
        """A lambda in a list, made in a loop: it keeps the value that the loop variable had."""
        n, i = self.name("v"), self.name("i")
        k = self.expression("int", scope, 1)
        scope.variables[n] = "list[int]"
        scope.own.add(n)
        return Line(
            f"{n} = [g(2) for g in [q => q * {i} + ({k.eft}) % 97 for {i} in range(4)]]",
            f"{n} = [g(2) for g in [(lambda {i}: lambda q: I(q * {i} + ({k.py}) % 97))({i}) for {i} in range(4)]]")

    def program(self):
        scope = Scope()
        scope.own = set()
        scope.outer = set()
        scope.depth = 1  # programs are wrapped in functions, so that their names are locals
        lines = [Line("tick = 0", "tick = 0")]
        lines += self.block(scope, self.rng.randrange(5, 14), 3)
        for n, t in list(scope.variables.items())[-6:]:
            lines.append(Line(f'print("{n}", {n})', f'print("{n}", text({n}))'))
        return lines


# ---------------------------------------------------------------- rendering and running


def render_eft(lines, indent="    "):
    out = []
    for line in lines:
        if not line.blocks:
            out.append(indent + line.eft)
        else:
            text_ = ""
            for head, _, body in line.blocks:
                text_ += (" " if text_ else indent) + head + " {\n" + "\n".join(render_eft(body, indent + "    ")) + "\n" + indent + "}"
            out.append(text_)
    return out


def render_py(lines, indent="    "):
    out = []
    for line in lines:
        if not line.blocks:
            out += [indent + part for part in line.py.split("\n")]
        else:
            for _, head, body in line.blocks:
                out.append(indent + head + ":")
                out += render_py(body, indent + "    ")
    return out


def eft_text(number, lines):
    """The program as a function, whose last line tells how it ended."""
    return f"fn program{number}() {{\n" + "\n".join(render_eft(lines)) + "\n    none\n}\n" + (
        f'print("# {number}")\ntry {{ program{number}() }} catch e {{ print("!", e.kind) }}\n')


HELPERS = {name: value for name, value in globals().items() if name in ("I", "P", "L", "C", "text", "show", "kind", "Overflow")}


def S(xs):
    total = 0
    for x in xs:
        total = I(total + x)
    return total


def run_python(number, lines):
    out = io.StringIO()

    def write(*parts):
        out.write(" ".join(parts) + "\n")

    env = dict(HELPERS, S=S, print=write, __builtins__=dict(__builtins__.__dict__, print=write))
    source = f"def program{number}():\n" + "\n".join(render_py(lines)) + "\n"
    try:
        exec(compile(source, f"program{number}", "exec"), env)
        env[f"program{number}"]()
    except RecursionError:
        out.write("! recursion\n")
    except Exception as error:
        out.write(f"! {kind(error)}\n")
    return out.getvalue()


def run_eft(eft, programs, timeout=120):
    with tempfile.NamedTemporaryFile("w", suffix=".eft", delete=False) as file:
        for number, lines in programs:
            file.write(eft_text(number, lines))
    result = subprocess.run([eft, "run", file.name] if not eft.endswith("lang") else [eft, file.name], capture_output=True, text=True, timeout=timeout)
    outputs = {}
    for chunk in re.split(r"^# (?=\d+\n)", result.stdout, flags=re.M)[1:]:
        head, _, rest = chunk.partition("\n")
        outputs[int(head)] = rest
    return outputs, result.stderr


def shrink(eft, lines):
    """Leaves statements out as long as the two still differ."""

    def differs(candidate):
        try:
            expected = run_python(0, candidate)
        except (Exception, SystemExit):
            return False
        try:
            outputs, error = run_eft(eft, [(0, candidate)], timeout=5)
        except subprocess.TimeoutExpired:
            return True
        if "NameError" in expected or "not defined" in error or "NameError" in outputs.get(0, ""):
            return False
        return outputs.get(0) != expected

    def smaller(part):
        index = 0
        while index < len(part):
            removed = part.pop(index)
            if not differs(lines):
                part.insert(index, removed)
                for k, (_, _, body) in enumerate(removed.blocks):
                    smaller(body)
                index += 1

    smaller(lines)
    return lines


def grow(seed):
    grower = Grower(random.Random(seed))
    return grower.program()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["compare", "write"])
    parser.add_argument("eft", nargs="?")
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=100)
    options = parser.parse_args()
    seeds = range(options.seed, options.seed + options.programs)
    if options.mode == "write":
        for seed in seeds:
            lines = grow(seed)
            print(f"#### program {seed}\n{eft_text(seed, lines)}#### output\n# {seed}\n{run_python(seed, lines)}", end="")
        return
    differences = 0
    for start in range(0, len(seeds), options.batch):
        programs = [(seed, grow(seed)) for seed in seeds[start:start + options.batch]]
        try:
            outputs, error = run_eft(options.eft, programs, timeout=options.batch)
        except subprocess.TimeoutExpired:
            outputs = {}
        for seed, lines in programs:
            expected = run_python(seed, lines)
            actual = outputs.get(seed)
            if actual == expected:
                continue
            if actual is None:
                try:
                    single, error = run_eft(options.eft, [(seed, lines)], timeout=10)
                except subprocess.TimeoutExpired:
                    single = {seed: "no end\n"}
                actual = single.get(seed)
                if actual == expected:
                    continue
            differences += 1
            lines = shrink(options.eft, lines)
            try:
                after, error = run_eft(options.eft, [(0, lines)], timeout=10)
            except subprocess.TimeoutExpired:
                after, error = {}, "no end"
            print(f"==== program {seed}\n" + "\n".join(render_eft(lines)) + "\n---- Python\n" + run_python(0, lines) + "---- eft\n" + after.get(0, "") + error)
            if differences >= 20:
                sys.exit("20 differences; stopping")
    print(f"{len(seeds)} programs, {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
