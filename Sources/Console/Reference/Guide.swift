/// The language page: what the tables of builtins do not say, by topic, in Markdown.
///
/// `eft doc NAME`, `name?` and the reference print it. Every block of code in it is run by a test; a line that ends with
/// `# -> text` has a value whose `repr` is that text.
enum Guide {
    struct Topic {
        /// What `eft doc` takes.
        let name: String
        let title: String
        let text: String
    }

    static let topics = [
        syntax, values, numbers, text, collections, functions, structures, control, errors, modules, tensors, running, statements,
    ]

    /// The topic of a name or of a word of the language.
    static func topic(_ name: String) -> Topic? {
        if name == "language" { return overview }
        return topics.first { $0.name == name } ?? keywords[name].flatMap { topic in topics.first { $0.name == topic } }
    }

    /// Which topic explains a word of the language.
    static let keywords = [
        "and": "control", "as": "modules", "assert": "errors", "break": "control", "catch": "errors", "continue": "control",
        "else": "control", "false": "values", "finally": "errors", "fn": "functions", "for": "control", "from": "modules",
        "if": "control", "import": "modules", "in": "control", "is": "values", "none": "values", "not": "control", "or": "control",
        "param": "running", "raise": "errors", "return": "functions", "struct": "structs", "test": "running", "true": "values",
        "try": "errors", "while": "control",
    ]

    private static let overview = Topic(
        name: "language", title: "The language",
        text: "Python's expressions, braces for blocks, value semantics. By topic, with eft doc TOPIC:\n\n"
            + topics.map { "- `\($0.name)` \($0.title)" }.joined(separator: "\n"))

    private static let syntax = Topic(
        name: "syntax", title: "Statements, lines and comments",
        text: #"""
            A newline ends a statement; `;` may separate statements on one line. Blocks stand in braces and indentation means nothing.
            A statement goes on over the end of a line inside brackets, after an operator or a comma, and where the next line begins
            with `|>` or `.name`. `#` starts a comment, `##` a doc comment of what follows, and a line `# %%` a cell, as editors know it.

            ```eft
            total = 1 +
                2; half = total / 2
            words = "b a c".split()
                |> sorted()
            words                            # -> ['a', 'b', 'c']
            double = x => 2 * x              # a function of one parameter
            4 |> double()                    # -> 8
            3 if half > 1 else 0             # -> 3
            ```

            Operators, from the loosest: `x if c else y`, `|>`, `or`, `and`, `not`, comparisons with `in` and `is` (chained: `0 < x < 1`),
            `|`, `^`, `&`, `<< >>`, `+ -`, `* / // % @`, unary `- + ~`, `**`, then calls, indexing and `.name`. `x |> f(y)` means `f(x, y)`.

            Names are case-sensitive. `True`, `False`, `None` are `true`, `false`, `none`; `def`, `lambda` and `except` are `fn`, `=>` and
            `catch`; the errors say so.
            """#)

    private static let values = Topic(
        name: "values", title: "Values: what is copied and what is shared",
        text: #"""
            Lists, dicts, tuples, strings and structs are values: assignment and passing never make two names for one thing. A copy costs
            nothing until one of the two is changed. Tensors cannot be changed by scripts. Only objects of the engine have an identity:
            models, optimizers, tuners, trackers, datasets.

            ```eft
            xs = [1]
            ys = xs
            ys.append(2)
            (xs, ys)                         # -> ([1], [1, 2])
            d = {"a": {"b": [1, 2]}}
            d["a"]["b"][1] += 5              # changes the variable d in place
            d                                # -> {'a': {'b': [1, 7]}}
            a, (b, *c) = [1, (2, 3, 4)]
            c                                # -> [3, 4]
            ```

            There is no implicit truth: a condition must be a bool, so it is `if len(xs) > 0` and `if x is not none`. `==` compares
            values, and values of different types are unequal, but for int and float (`1 == 1.0`); a bool is not a number. `is` says
            whether two names hold the same thing and is meant for `none`.

            The types are `int float bool str none list dict tuple range fn`, the structs of the script, and those of the engine;
            `type(x)` gives the name's value.
            """#)

    private static let numbers = Topic(
        name: "numbers", title: "Numbers",
        text: #"""
            `int` has 64 bits and `float` is IEEE double. They mix in arithmetic. `/` is always a float, `//` and `%` round down as in
            Python. An int that does not fit is a NumericError, never a wrapped number; division by zero is one too. Where a float is
            asked for, an int will do; where an int is asked for, a float will not.

            ```eft
            (7 / 2, 7 // 2, -7 // 2, -7 % 3)  # -> (3.5, 3, -4, 2)
            (2 ** 10, 2 ** -1, 2 ** 0.5)      # -> (1024, 0.5, 1.4142135623730951)
            (0xff, 0b101, 1_000, 1e-3)        # -> (255, 5, 1000, 0.001)
            (round(2.5), round(3.5), int(-3.9)) # -> (2, 4, -3)
            round(1234.567, 2)                # -> 1234.57
            ```

            Halves are rounded to even. Floats print with as few digits as read back the same. `math` has inf, nan and functions.
            """#)

    private static let text = Topic(
        name: "strings", title: "Strings",
        text: #"""
            Text of Unicode scalars in double or single quotes, over several lines in three of them; `r"…"` leaves backslashes alone.
            Indexing and `len` count scalars. f-strings format values: `{x}`, `{x!r}` and `{x:spec}` with Python's format
            specifications; `{{` is a brace.

            ```eft
            name, share = "shoes", 0.12345
            f"{name!r}: {share:.1%} of {1234567:,}"   # -> "'shoes': 12.3% of 1,234,567"
            "abc"[0] + "abc"[-1] + "abc"[::-1]        # -> 'accba'
            "a,b".split(",")                          # -> ['a', 'b']
            "tab\t and \u{e9}"                        # -> 'tab\t and é'
            "ab" in "cab" and "ab" * 2 == "abab"      # -> true
            ```

            The methods are listed under `str`; regular expressions are in `re`.
            """#)

    private static let collections = Topic(
        name: "collections", title: "Lists, dicts, tuples, ranges",
        text: #"""
            As in Python, with value semantics. Dicts keep the order in which keys were first set; `1` and `1.0` are the same key. A key
            in braces is an expression, so a bare word is a variable: `{"margin": 1}` or `dict(margin = 1)`. Slices never fail; an index
            out of range is an IndexError and an absent key a KeyError.

            ```eft
            xs = [5, 3, 9, 1]
            xs[1:3]                                   # -> [3, 9]
            xs[::-2]                                  # -> [1, 3]
            [x * x for x in xs if x > 2]              # -> [25, 9, 81]
            {x: i for i, x in enumerate(xs)}          # -> {5: 0, 3: 1, 9: 2, 1: 3}
            [*xs, 0]                                  # -> [5, 3, 9, 1, 0]
            {**{"a": 1}, "b": 2}                      # -> {'a': 1, 'b': 2}
            sorted(xs, key = x => -x) |> take(2)      # -> [9, 5]
            list(range(0, 10, 4))                     # -> [0, 4, 8]
            ```

            A method that changes its object must be called on a variable or a part of one: `xs.sort()`, `t.tags.append(1)`. A loop goes
            over the values as they were when it began: changing the variable inside does not disturb it.
            """#)
}
