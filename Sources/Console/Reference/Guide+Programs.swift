extension Guide {
    static let statements = Topic(
        name: "undo", title: "Undo and interrupts",
        text: #"""
            Every statement at the prompt is a transaction. If it fails, variables, values, random numbers and the engine's objects are as
            they were before: parameters and gradients, optimizers, schedules, tuners, trackers. `%undo` takes the last statement back, bit
            for bit, and `%redo` does it again; `%undo list` shows what can be taken back and how much memory it holds. The oldest are let
            go when that is more than a quarter of the machine's memory, or than `EFT_UNDO_MIB` says. Statements that only show something
            are not counted. What cannot be taken back is said: a file that was written, a run that was logged, a shell command, an iterator
            that was read on. Scripts run by `eft run` remember nothing and pay nothing.

            Ctrl-C ends a statement at the next safe point, within long operations too, and raises `Interrupted`. What was done until then
            stays: a model is between two steps, `fit` returns with the status `interrupted`, and `tuner.resume()` goes on to the same end.
            A second Ctrl-C before the prompt is back takes the whole statement back. `uninterrupted { … }` runs a block to its end first.

            ```eft
            n = uninterrupted { 6 * 7 }
            n                                         # -> 42
            ```
            """#)

    static let functions = Topic(
        name: "functions", title: "Functions",
        text: #"""
            `fn` makes a function, `=>` a nameless one. The value of a block is its last expression; `return` leaves earlier. Parameters
            may have types and defaults, `*rest` takes further positional arguments, `**options` further named ones, and what follows
            `*rest` goes by name only. Defaults are evaluated at each call.

            ```eft
            ## Scales x.
            fn scale(x, by: float = 2.0, *rest, shift = 0, **options) {
                if by == 0 { return none }
                x * by + shift + len(rest)
            }
            scale(3)                                  # -> 6.0
            scale(3, 1, "a", "b", shift = 10)         # -> 15.0
            add = (x, y = 1) => x + y
            add(2)                                    # -> 3
            fn twice(f) { x => f(f(x)) }
            twice(add)(5)                             # -> 7
            args = [1, 2]
            add(*args)                                # -> 3
            ```

            Assignment in a function makes a local variable; blocks make no scope of their own. A function cannot rebind an outer name;
            closures keep the values of the locals that they saw when they were made. Names of the module are looked up at the call, so
            that a function may be redefined at the prompt.

            A type is checked at every call: `int float bool str list dict tuple fn any none`, `list[int]`, `dict[str, float]`,
            `int | none`, a struct, a type of the engine, or a tensor such as `f32[n, d]`. A block behind a call is its last argument:

            ```eft
            fn repeat(n, body) { [body(i) for i in range(n)] }
            repeat(3) { i => i * i }                  # -> [0, 1, 4]
            ```
            """#)

    static let structures = Topic(
        name: "structs", title: "Structs",
        text: #"""
            A struct is a value with named fields. Its name makes one, with positional or named arguments; fields without a default must
            be given. Two are equal when they are of one struct and their fields are equal.

            ```eft
            struct Trial { margin: float = 0.1, lr: float, tags: list = [] }
            t = Trial(lr = 1e-5)
            u = t
            u.tags.append("first")
            (t.tags, u.tags)                          # -> ([], ['first'])
            t == Trial(0.1, 1e-5)                     # -> true
            t                                         # -> Trial(margin = 0.1, lr = 1e-05, tags = [])
            ```

            A field keeps the type that it was declared with when it is made. An unknown field is an error that names the nearest one.
            """#)

    static let control = Topic(
        name: "control", title: "Conditions and loops",
        text: #"""
            `if` is an expression when it is used as one. `for` takes anything that can be iterated: lists, dicts (their keys), strings,
            ranges, tensors (their rows), datasets. Conditions must be bools; `and` and `or` look at the right side only if they must.

            ```eft
            grade = if 0.7 > 0.5 { "good" } else if 0.7 > 0.2 { "fair" } else { "poor" }
            grade                                     # -> 'good'
            found = []
            for i, x in enumerate("abcd") {
                if x == "b" { continue }
                if i > 2 { break }
                found.append(x)
            }
            found                                     # -> ['a', 'c']
            n = 1
            while n < 100 { n *= 3 }
            n                                         # -> 243
            ```

            In a condition a `{` opens the body; put a dict there in parentheses. A variable of a loop keeps its last value after it.
            """#)

    static let errors = Topic(
        name: "errors", title: "Errors",
        text: #"""
            `raise ValueError("…")` raises, `try { } catch KIND name { } finally { }` catches; without a kind, any error. An error has
            `message`, `kind`, `help` and `notes`. `assert` shows the values of both sides of a comparison that fails.

            ```eft
            fn parse(text) {
                try { int(text) } catch ValueError e { raise ValueError(f"bad row: {e.message}") }
            }
            try { parse("x") } catch ValueError | TypeError e { print(e.kind) }
            done = []
            try { done.append(1) } finally { done.append(2) }
            done                                      # -> [1, 2]
            assert len(done) == 2, "both blocks have run"
            ```

            The kinds: `SyntaxError` and `NameError` before a program runs; `TypeError`; `ShapeError` for sizes of tensors; `ValueError`,
            also for recursion that is too deep and a program that needs too much memory; `IndexError`; `KeyError`; `IOError`, also for
            modules; `NumericError` for overflow, division by zero and a loss that is not finite; `AssertionError`; `Interrupted` for
            Ctrl-C and a used-up step budget.

            A runtime error shows the operands of the operation that failed and the calls under way.
            """#)

    static let modules = Topic(
        name: "modules", title: "Modules",
        text: #"""
            `import name` brings a module under its name: a native one (`math`, `json`, `random`, `re`, `time`), or the file `name.eft` next to
            the importing file, or one of the library. A path in quotes is relative to the importing file. A module's statements run
            once, at its first import; its tests do not run then.

            ```eft
            import math, json
            from metrics import ndcg, mrr as reciprocal_rank
            math.floor(2.7)                           # -> 2
            ndcg(["a", "b"], {"a": 1})                # -> 1.0
            ```

            `fit`, `validate` and `evaluate` are found without an import. Native modules win over files of the same name.
            """#)

    static let tensors = Topic(
        name: "tensors", title: "Tensors and gradients",
        text: #"""
            Names and meanings are PyTorch's, indexing is NumPy's. dtypes are `f32 f64 i32 bool`; numbers beside a tensor take its dtype.
            Operators work element by element and broadcast; `@` is the matrix product. A tensor in a condition is an error: say
            `.item()`, `any` or `all`. Every operation is a function and a method.

            ```eft
            t = tensor([[1.0, 2.0], [3.0, 4.0]])
            (t.shape, t.dtype, t.T.tolist())          # -> ((2, 2), f32, [[1.0, 3.0], [2.0, 4.0]])
            t[0].tolist()                             # -> [1.0, 2.0]
            t[:, -1].tolist()                         # -> [2.0, 4.0]
            t[t > 2].tolist()                         # -> [3.0, 4.0]
            (t @ t).sum(dim = 0).tolist()             # -> [22.0, 32.0]
            ```

            `parameter(t)` makes a leaf whose gradient `backward()` leaves in `grad`; `grad(f)` and `value_and_grad(f)` are functions of
            functions; `no_grad { … }` records nothing.

            ```eft
            w = parameter(tensor([1.0, 2.0]))
            loss = (w ** 2).sum()
            loss.backward()
            w.grad.tolist()                           # -> [2.0, 4.0]
            grad(x => (x ** 3).sum())(tensor([2.0])).tolist()   # -> [12.0]
            ```

            An annotation `dtype[axis, …]` names sizes: integers, names, and `…` for any number of axes. Names are unified over the
            arguments and the result of each call, and a mismatch is a ShapeError that names both.

            ```eft
            fn cosine(q: f32[d], items: f32[n, d]) -> f32[n] { normalize(items) @ normalize(q) }
            cosine(tensor([1.0, 0.0]), eye(2)).tolist()          # -> [1.0, 0.0]
            try { cosine(ones(3), eye(2)) } catch ShapeError e { print(e.message) }
            ```
            """#)

    static let running = Topic(
        name: "running", title: "Scripts, parameters and tests",
        text: #"""
            `eft run FILE` (or `eft FILE.eft`) runs a script, `eft run -` standard input, `eft -e CODE` a piece of code. A `param` at the top of
            a script is set with `--name value`; the comment behind it is its help, and `eft run FILE --help` lists them all. A param
            without a default must be given. A wrong name or a value of the wrong type is a usage error.

            ```eft
            param margin: float = 0.025               ## the gap that clicked results should keep
            param tags: list[str] = []                ## --tags a,b
            fn gap(a, b) { a - b - margin }

            ## The mean of numbers.
            ## example: mean_of([1, 3]) == 2
            fn mean_of(xs) { sum(xs) / len(xs) }

            test "the gap is positive" { assert gap(1.0, 0.5) > 0, "margin too large" }
            ```

            `eft test` runs `test` blocks and `## example:` lines, `eft run` skips them. Each test begins with the variables as the script
            left them and random numbers seeded with 0. `seed(7)` makes what follows repeatable.

            A script becomes a command with `#!/usr/bin/env eft` as its first line (its name ends in .eft), or `#!/usr/bin/env -S eft run` under any
            name. Without `-S` env takes "eft run" for the name of one program and does not find it.

            Exit codes: 0 ok, 1 the script failed, 2 wrong use, 3 a test failed, 4 the training diverged, 130 interrupted. 4 is for
            a training step whose loss was not finite, if nothing catches its NumericError, and for a script whose last value is what
            a diverged `fit` returned (a struct whose `status` is "diverged"). An ablation or a search of which nothing succeeded is
            an error; one in which some failed lists them and is none. What `print` writes goes to standard output, all else
            to standard error. Ctrl-C stops a script at the next safe point, with its `finally` blocks.
            """#)
}
