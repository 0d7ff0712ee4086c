/// Names that people of other languages try, with what to write here.
enum ForeignNames {
    static func help(for name: String) -> String? { table[name] }

    /// The same for the name of a module that there is not.
    static func module(_ name: String) -> String? { modules.contains(name) ? nil : table[name] }

    private static let modules = ["math", "random", "re", "time", "json"]

    /// What a keyword argument of NumPy or PyTorch is called here, if a function that takes `names` has it.
    static func keyword(_ keyword: String, among names: [String]) -> String? {
        guard let (own, help) = keywords[keyword], own.map({ names.contains($0) }) ?? true else { return nil }
        return help
    }

    private static let keywords: [String: (own: String?, help: String)] = [
        "axis": ("dim", "the axis is called `dim`"), "keepdims": ("keepdim", "write `keepdim`"), "learning_rate": ("lr", "write `lr`"),
        "device": (nil, "everything is in the machine's memory: leave `device` out"),
        "requires_grad": (nil, "`parameter(x)` makes a tensor that gradients are kept for"),
    ]

    private static let table: [String: String] = {
        var table: [String: String] = [
            "pass": "an empty block is written `{ }`", "elif": "write `else if`", "lambda": "write `x => x + 1`",
            "self": "there are no methods to define; pass the value as a parameter",
            "this": "there are no methods to define; pass the value as a parameter",
            "yield": "there are no generators; return a list", "super": "there are no classes", "object": "there are no classes",
            "xrange": "write `range`", "length": "write `len(x)`", "append": "write `xs.append(x)`", "push": "write `xs.append(x)`",
            "println": "write `print(…)`", "printf": "write `print(f\"…\")`", "console": "write `print(…)`", "echo": "write `print(…)`",
            "next": "`first(xs)` gives the first item; a loop takes them in turn", "iter": "loop over the value itself",
            "set": "`unique(xs)` drops repetitions; a dict finds keys fast: `{x: true for x in xs}`",
            "frozenset": "`unique(xs)` drops repetitions; a dict finds keys fast: `{x: true for x in xs}`",
            "open": "files are read and written whole: `read_text(path)`, `read_lines(path)`, `write_text(path, text)`",
            "eval": "a text is not run as code", "exec": "a text is not run as code", "compile": "a text is not run as code",
            "getattr": "read a field with a dot, or keep values by name in a dict", "setattr": "set a field with a dot: `x.field = value`",
            "hasattr": "`is_a(x, \"Name\")` tells the type; a dict answers `key in d`", "issubclass": "there are no classes",
            "vars": "keep values by name in a dict", "dir": "`name?` at the prompt shows what a value offers",
            "globals": "keep values by name in a dict", "locals": "keep values by name in a dict",
            "id": "values have no identity: compare them with `==`", "slice": "write `xs[a:b]`",
            "bytes": "there are no bytes; texts are Unicode", "bytearray": "there are no bytes; texts are Unicode",
            "complex": "there are no complex numbers", "ascii": "write `repr(x)`",
            "property": "there are no classes", "staticmethod": "there are no classes", "classmethod": "there are no classes",
            "__name__": "a script is always the main program; a module holds functions only",
            "quit": "Ctrl-D leaves the prompt; a script ends after its last line",
            "exit": "Ctrl-D leaves the prompt; a script ends after its last line",
            "do": "a block follows `while`, `for`, `if`, `fn` or `=>`", "then": "write `if x { … }`", "end": "blocks end with `}`",
            "begin": "blocks begin with `{`", "new": "values are made by calling their type: `Name(…)`",
            "delete": "remove an item with `xs.pop(i)` or `d.pop(key)`", "del": "remove an item with `xs.pop(i)` or `d.pop(key)`",
            "with": "files are read and written whole, for example with `read_text(path)`",
            "match": "write `if … { } else if … { }`", "switch": "write `if … { } else if … { }`", "case": "write `if … { } else if … { }`",
            "async": "there is no `async`", "await": "there is no `await`", "let": "assign to the name: `name = value`",
            "const": "assign to the name: `name = value`", "function": "write `fn name(…) { … }`",
            "global": "a function cannot rebind a name of the module; return the new value",
            "nonlocal": "a function cannot rebind a name outside it; return the new value",
            "help": "`name?` at the prompt explains a name, `eft doc NAME` does outside of it",
            "nn": "layers are functions: `linear(x, w, b)`, `layer_norm(x, w, b)`; `parameter(x)` makes a weight",
            "F": "tensor functions need no prefix: `relu(x)`, `cross_entropy(logits, target)` …",
            "optim": "optimizers need no prefix: `AdamW(model, lr = 2e-5)`, `SGD(model, lr = 1e-3)`",
            "transformers": "`load_model(name or directory)` loads a BERT-family encoder",
            "sentence_transformers": "`load_model(name or directory)` loads a BERT-family encoder",
            "pandas": "tables are lists of dicts: `read_csv(path)`, `read_jsonl(path)`",
            "matplotlib": "`plot(ys)`, `scatter`, `hist`, `bars` and `heatmap` need no import; `save = \"file.png\"` writes a file",
            "plt": "`plot(ys)`, `scatter`, `hist`, `bars` and `heatmap` need no import; `save = \"file.png\"` writes a file",
            "np": "array functions need no import: `zeros`, `arange`, `mean` …",
            "numpy": "array functions need no import: `zeros`, `arange`, `mean` …",
            "torch": "tensor functions need no import: `zeros`, `matmul`, `relu` …",
            "pd": "tables are lists of dicts: `read_csv(path)`, `read_jsonl(path)`",
            "os": "files: `list_dir`, `path_exists`, `path_join`, `make_dirs`", "sys": "script parameters are declared with `param`",
            "datetime": "`import time` has `time.now()` and `time.format(seconds)`",
            "collections": "count with `d[x] = d.get(x, 0) + 1`, group with `group_by(xs, key)`",
            "Counter": "count with `d[x] = d.get(x, 0) + 1`", "defaultdict": "`d.setdefault(key, [])` or `group_by(xs, key)`",
            "deque": "a list serves: `xs.append(x)`, `xs.pop(0)`", "namedtuple": "write `struct Name { field }`",
            "dataclass": "write `struct Name { field }`",
            "itertools": "`zip`, `enumerate`, `take`, `drop`, comprehensions with several `for`",
            "functools": "`reduce(f, xs)` and `x => f(a, x)` need no import", "partial": "write `x => f(a, x)`",
            "chain": "add lists: `a + b`", "product": "write `[(x, y) for x in xs for y in ys]`",
            "assertEqual": "write `assert a == b`",
            "Exception": "the general kind is ValueError; `catch e { … }` catches every kind",
            "BaseException": "the general kind is ValueError; `catch e { … }` catches every kind",
            "Error": "the general kind is ValueError; `catch e { … }` catches every kind",
            "RuntimeError": "write `ValueError`", "NotImplementedError": "write `ValueError`", "ZeroDivisionError": "write `NumericError`",
            "OverflowError": "write `NumericError`", "ArithmeticError": "write `NumericError`", "AttributeError": "write `NameError`",
            "FileNotFoundError": "write `IOError`", "OSError": "write `IOError`", "ImportError": "write `IOError`",
            "ModuleNotFoundError": "write `IOError`", "KeyboardInterrupt": "write `Interrupted`",
            "StopIteration": "loops end by themselves",
        ]
        for name in ["null", "nil", "undefined", "NULL"] { table[name] = "write `none`" }
        for name in modules { table[name] = "it is a module: write `import \(name)` first" }
        for name in ["pi", "inf", "nan", "isnan", "floor", "ceil", "factorial"] { table[name] = "write `import math` and `math.\(name)`" }
        table["NaN"] = "write `import math` and `math.nan`"
        table["Infinity"] = "write `import math` and `math.inf`"
        return table
    }()
}
