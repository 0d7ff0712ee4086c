"""Writes expressions.tsv: random expressions of the subset that eft shares with Python, each with CPython's answer.

    python3 expressions.py [count] [seed] > expressions.tsv

Columns: the expression in eft, and what repr() gives for its value in CPython (True, False and None in eft's spelling), or "!" and
the kind of error. Expressions are grown from the leaves, so that every part is known to be within eft's 64-bit integers.
"""
import random
import re
import sys

LIMIT = 2**63


class Failure(Exception):
    pass


def within(value):
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int):
        return -LIMIT <= value < LIMIT
    if isinstance(value, float):
        return value == value
    if isinstance(value, str):
        return len(value) < 200 and value.isprintable() or value in ("\n", "a\nb")
    if isinstance(value, (list, tuple)):
        return len(value) < 40 and all(within(item) for item in value)
    if isinstance(value, dict):
        return len(value) < 40 and all(within(k) and within(v) for k, v in value.items())
    return False


def kind(value):
    if isinstance(value, bool):
        return "bool"
    return {int: "int", float: "float", str: "str", list: "list", tuple: "tuple", dict: "dict", type(None): "none"}[type(value)]


class Node:
    """An expression in both languages, with its value."""

    def __init__(self, eft, python=None):
        self.eft = eft
        self.python = eft if python is None else python
        self.value = eval(self.python, {})
        if not within(self.value):
            raise Failure
        self.kind = kind(self.value)


def leaf(rng, wanted):
    if wanted == "int":
        return Node(str(rng.choice([0, 1, 2, 3, 5, 7, 10, 12, 64, 100, 255, 1000, 99991, 2**31, 2**53 + 1, rng.randrange(10**6)])))
    if wanted == "float":
        return Node(rng.choice(["0.5", "1.5", "2.0", "0.1", "3.25", "1e-5", "1e16", "123.456", "0.001", "1e22", "7.0", "2.675"]))
    if wanted == "str":
        return Node(repr(rng.choice(["", "a", "ab", "banana", "Hello World", " x ", "a,b,,c", "été", "ß", "12", "3.5", "日本語", "x=1"])))
    if wanted == "bool":
        value = rng.choice([True, False])
        return Node("true" if value else "false", str(value))
    if wanted == "list":
        return Node(rng.choice(["[]", "[1]", "[3, 1, 2]", "[1, 2, 3, 4, 5]", "['b', 'a']", "[0.5, 2]", "[[1], [2, 3]]", "list(range(6))"]))
    if wanted == "tuple":
        return Node(rng.choice(["()", "(1,)", "(1, 2)", "('a', 1, 2.5)"]))
    if wanted == "dict":
        return Node(rng.choice(["{}", "{'a': 1}", "{'a': 1, 'b': 2}", "{1: 'x', 2: 'y'}"]))
    return Node("none", "None")


def combine(form, *parts):
    """The form with `$0` … replaced by the parts in parentheses, in both languages; a pair of forms where they differ."""
    eft, python = form if isinstance(form, tuple) else (form, form)

    def fill(text, pieces):
        return re.sub(r"\$(\d)", lambda match: pieces[int(match.group(1))], text)

    return Node(fill(eft, ["(" + part.eft + ")" for part in parts]), fill(python, ["(" + part.python + ")" for part in parts]))


NUMBER = ["int", "float"]
SPECS = [".2f", "8.3f", "<10", ">10", "^9", "+", "e", ".3g", "10.1f", ".0f", "g", ",", ".1%", "08.2f", ".4", "+.3e", "_<12.1f", ",.2f", "G"]
INT_SPECS = ["d", "5", "<6", "^7", "x", "X", "b", "o", "#x", "08", "+d", ",", "_", "08b", " d", "*>8", "c"]
STR_SPECS = ["", ">8", "<8", "^8", "*^9", ".2", "5.1", "s"]

FORMS = {
    "int": [
        ("$0 + $1", "int", "int"), ("$0 - $1", "int", "int"), ("$0 * $1", "int", "int"), ("$0 // $1", "int", "int"),
        ("$0 % $1", "int", "int"), ("$0 ** 2", "int"), ("-$0", "int"), ("abs($0)", "int"), ("len($0)", "str"), ("len($0)", "list"),
        ("$0 & $1", "int", "int"), ("$0 | $1", "int", "int"), ("$0 ^ $1", "int", "int"), ("~$0", "int"), ("$0 >> 3", "int"),
        ("int($0)", "float"), ("int($0)", "str"), ("round($0)", "float"), ("sum($0)", "list"), ("$0.count('a')", "str"),
        ("$0.find('a')", "str"), ("$0.rfind('n', 2)", "str"), ("$0 if $1 else $2", "int", "bool", "int"), ("max($0, $1)", "int", "int"),
        ("min($0)", "list"), ("$0.count($1)", "list", "int"), ("$0.index($1)", "list", "int"), ("ord($0[0])", "str"), ("$0['a']", "dict"),
        ("$0[$1 % 7]", "list", "int"), ("len($0)", "dict"), ("hash($0) * 0", "tuple"), ("$0 << 2", "int"), ("divmod($0, $1)[1]", "int", "int"),
        ("round($0, -2)", "int"), ("$0[-1]", "list"),
    ],
    "float": [
        ("$0 + $1", "float", "int"), ("$0 - $1", "float", "float"), ("$0 * $1", "int", "float"), ("$0 / $1", "int", "int"),
        ("$0 / $1", "float", "float"), ("$0 // $1", "float", "int"), ("$0 % $1", "float", "float"), ("$0 ** 2", "float"),
        ("$0 ** -1", "int"), ("-$0", "float"), ("abs($0)", "float"), ("float($0)", "int"), ("float($0)", "str"), ("round($0, 2)", "float"),
        ("round($0, 1)", "float"), ("sum($0)", "list"), ("$0 ** 0.5", "float"), ("$0 if $1 else $2", "float", "bool", "float"),
        ("divmod($0, $1)[0]", "float", "float"),
    ],
    "str": [
        ("$0 + $1", "str", "str"), ("$0 * 3", "str"), ("$0[::-1]", "str"), ("$0[1:4]", "str"), ("$0[$1 % 5]", "str", "int"), ("$0[-3:]", "str"),
        ("$0[::2]", "str"), ("$0[$1 % 9:]", "str", "int"), ("str($0)", "int"), ("str($0)", "float"), (("repr($0)", "repr($0)"), "str"),
        ("$0.upper()", "str"), ("$0.lower()", "str"), ("$0.title()", "str"), ("$0.capitalize()", "str"), ("$0.swapcase()", "str"), ("$0.strip()", "str"),
        ("$0.strip('ab')", "str"), ("$0.lstrip()", "str"), ("$0.rstrip('a')", "str"), ("$0.replace('a', 'XY')", "str"), ("$0.replace('', '-')", "str"),
        ("$0.replace('n', '', 1)", "str"), ("','.join($0.split())", "str"), ("'-'.join($0)", "str"), ("$0.zfill(6)", "str"), ("$0.center(9, '*')", "str"),
        ("$0.ljust(5, '.')", "str"), ("$0.rjust(7)", "str"), ("$0.removeprefix('a')", "str"), ("$0.removesuffix('a')", "str"), ("hex($0)", "int"),
        ("bin($0 % 1000)", "int"), ("chr($0 % 500 + 32)", "int"), ("$0 if $1 else $2", "str", "bool", "str"), ("max($0, $1)", "str", "str"),
        ("'{}/{:>5}'.format($0, $1)", "int", "str"), ("'{1}{0!r}'.format($0, $1)", "str", "str"), ("sorted($0)[0]", "str"),
    ],
    "bool": [
        ("$0 < $1", "int", "float"), ("$0 <= $1", "float", "int"), ("$0 == $1", "int", "float"), ("$0 != $1", "str", "str"), ("$0 < $1", "str", "str"),
        ("$0 >= $1", "list", "list"), ("$0 == $1", "list", "tuple"), ("$0 == $1", "tuple", "tuple"), ("$0 < $1 < $2", "int", "int", "float"),
        ("$0 in $1", "int", "list"), ("$0 in $1", "str", "str"), ("$0 not in $1", "str", "dict"), ("not $0", "bool"),
        ("$0 and $1", "bool", "bool"), ("$0 or $1", "bool", "bool"), ("$0.startswith('a')", "str"), ("$0.endswith('a')", "str"), ("$0.isdigit()", "str"),
        ("$0.isalpha()", "str"), ("$0.isalnum()", "str"), ("$0.isspace()", "str"), ("$0.isupper()", "str"), ("$0.islower()", "str"), ("bool($0)", "int"),
        ("bool($0)", "list"), (("$0 is none", "$0 is None"), "none"), ("any([x > 2 for x in $0])", "list"), ("all([x >= 0 for x in $0])", "list"), ("$0 == $1", "dict", "dict"),
    ],
    "list": [
        ("$0 + $1", "list", "list"), ("$0 * 2", "list"), ("$0[::-1]", "list"), ("$0[1:3]", "list"), ("$0[$1 % 6:]", "list", "int"), ("$0[:-1]", "list"),
        ("$0[::2]", "list"), ("sorted($0)", "list"), ("sorted($0, reverse=true)|sorted($0, reverse=True)", "list"), ("list($0)", "str"), ("list($0)", "tuple"),
        ("list(range($0 % 9))", "int"), ("list(range($0 % 20, 0, -3))", "int"), ("$0.split(',')", "str"), ("$0.split()", "str"), ("$0.splitlines()", "str"),
        ("$0.split('a', 1)", "str"), ("[x * 2 for x in $0]", "list"), ("[x for x in $0 if x > 1]", "list"), ("[[x, y] for x in $0 for y in [1, 2]]", "list"),
        ("[*$0, $1, *$2]", "list", "int", "str"), ("list($0.keys())", "dict"), ("list($0.values())", "dict"), ("list($0.items())", "dict"),
        ("list(enumerate($0))", "str"), ("list(zip($0, $1))", "list", "str"), ("list(reversed($0))", "list"), ("[len(w) for w in $0.split()]", "str"),
        ("[$0, $1, $2]", "int", "float", "str"), ("[c.upper() for c in $0]", "str"), ("list($0.partition('a'))", "str"), ("$0.rsplit('a', 1)", "str"),
    ],
    "tuple": [
        ("$0 + $1", "tuple", "tuple"), ("$0 * 2", "tuple"), ("$0[1:]", "tuple"), ("tuple($0)", "list"), ("($0, $1)", "int", "str"), ("($0,)", "list"),
        ("divmod($0, $1)", "int", "int"), ("$0.partition('=')", "str"), ("divmod($0, $1)", "float", "int"),
    ],
    "dict": [
        ("{'k': $0, $1: 2}", "int", "str"), ("{x: x * 2 for x in $0}", "list"), ("{**$0, **$1}", "dict", "dict"), ("dict(a=$0, b=$1)", "int", "float"),
        ("{c: i for i, c in enumerate($0)}", "str"), ("$0 | $1", "dict", "dict"), ("dict(zip($0, [1, 2, 3]))", "str"),
    ],
    "none": [("$0.get('zz')", "dict")],
}


def fstring(rng, depth):
    wanted = rng.choice(["int", "float", "str"])
    node = grow(rng, wanted, depth - 1)
    spec = rng.choice({"int": INT_SPECS, "float": SPECS, "str": STR_SPECS}[wanted])
    conversion = rng.choice(["", "", "", "!r", "!s"])
    if conversion:
        spec = rng.choice(STR_SPECS)
    tail = conversion + (":" + spec if spec else "")
    body = lambda text: "f\"<{(" + text + ")" + tail + "}>\""
    if '"' in node.eft or '"' in node.python or "\\" in node.python or "#" in node.python:
        raise Failure
    return Node(body(node.eft), body(node.python))


def grow(rng, wanted, depth):
    if depth <= 0 or rng.random() < 0.1:
        return leaf(rng, wanted)
    if wanted == "str" and rng.random() < 0.25:
        return fstring(rng, depth)
    form, *kinds = rng.choice(FORMS[wanted])
    if isinstance(form, str) and "|" in form and "reverse" in form:
        form = tuple(form.split("|"))
    parts = [grow(rng, part, depth - 1) for part in kinds]
    return combine(form, *parts)


def spelled(value):
    """repr() with eft's true, false and none."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(spelled, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(spelled, value)) + (",)" if len(value) == 1 else ")")
    if isinstance(value, dict):
        return "{" + ", ".join(spelled(k) + ": " + spelled(v) for k, v in value.items()) + "}"
    return repr(value)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    seen = set()
    while len(seen) < count:
        wanted = rng.choice(["int", "float", "str", "str", "bool", "list", "tuple", "dict"])
        try:
            node = grow(rng, wanted, rng.choice([1, 2, 2, 3, 3, 4]))
        except (Failure, SyntaxError, ArithmeticError, LookupError, TypeError, ValueError, MemoryError):
            continue
        if node.eft in seen or len(node.eft) > 300 or "\t" in node.eft or "\n" in node.eft:
            continue
        # A complex number or a text of a bool or none is spelled differently by design.
        text = spelled(node.value)
        if "True" in text or "False" in text or "None" in text or node.kind == "none":
            continue
        seen.add(node.eft)
        print(node.eft + "\t" + text)


main()
