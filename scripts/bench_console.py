# Latencies of the prompt in a terminal of its own, with MiniLM loaded: scripts/bench console.
#
#   python3 scripts/bench_console.py EFT MODEL [--json] [--rounds N] [--only NAME]…
#
# Times are taken where a person would: from a key that is written to the pseudo-terminal to what the program writes back. What a statement
# costs beside `eft run` is the time from Enter to the next prompt, less that of `x = 1`, against the time that the same call takes in a process
# without a prompt; the two take turns, so that whatever else the machine does falls on both alike.
import argparse
import json
import os
import pty
import random
import select
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))

def has_prompt(output):
    """Whether a line was left (bracketed paste goes off) and the next prompt is there (it goes on)."""
    return output.endswith(b"eft> ") and output.rfind(b"\x1b[?2004h") > output.rfind(b"\x1b[?2004l")


class Prompt:
    """The program in a pseudo-terminal of 100 columns, driven key by key."""

    def __init__(self, program, environment, folder):
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execve(program, [program], environment)
        self.output = b""
        self.wait(has_prompt)

    def wait(self, condition, limit=120.0):
        """Seconds until what was written since the last key satisfies `condition`."""
        start = time.perf_counter()
        while not condition(self.output):
            if not select.select([self.terminal], [], [], limit)[0]:
                raise SystemExit(f"bench console: waited in vain; the program wrote last: {self.output[-400:]!r}")
            try:
                self.output += os.read(self.terminal, 1 << 16)
            except OSError:
                raise SystemExit(f"bench console: the program ended; it wrote last: {self.output[-400:]!r}") from None
        return time.perf_counter() - start

    def rest(self, seconds=0.02):
        """Takes what is still being written, until it has been quiet for a while."""
        while select.select([self.terminal], [], [], seconds)[0]:
            os.read(self.terminal, 1 << 16)

    def press(self, keys, condition):
        """Milliseconds from keys to what they bring about."""
        self.output = b""
        os.write(self.terminal, keys.encode())
        return self.wait(condition) * 1e3

    def run(self, statement):
        """Milliseconds from Enter to the next prompt."""
        self.press(statement, lambda output: len(output) >= len(statement))
        self.rest()
        return self.press("\r", has_prompt)

    def interrupt(self, statement, pause):
        """Milliseconds from Ctrl-C, so many seconds after the statement has begun, to the next prompt."""
        self.press(f'print("be" + "gun"); {statement}\r', lambda output: b"begun" in output)
        time.sleep(pause)
        self.rest(0)
        spent = self.press("\x03", has_prompt)
        if b"Interrupted" not in self.output and b"interrupted" not in self.output:
            raise SystemExit(f"bench console: `{statement}` was over before it was interrupted: {self.output[-400:]!r}")
        return spent

    def leave(self):
        os.write(self.terminal, b"\x04")
        os.waitpid(self.process, 0)
        os.close(self.terminal)


class Batch:
    """The same training in `eft run`, which takes its statements one by one."""

    def __init__(self, program, environment, folder, arguments):
        self.process = subprocess.Popen(
            [program, "run", f"{HERE}/bench_console.eft", *arguments, "--serve", "true"], env=environment, cwd=folder, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        while "ready" not in self.process.stdout.readline():
            pass

    def run(self, name, number):
        self.process.stdin.write(f"{name} {number}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline()) * 1e3

    def leave(self):
        self.process.stdin.close()
        self.process.wait()


def echo(prompt, rounds):
    """A key in a line of code to its character on the screen."""
    times = []
    for _ in range(max(1, rounds // 5)):
        for key in "losses = [tuner.training_step(part).item() for part in todo]":
            times.append(prompt.press(key, lambda output: key.encode() in output))
            prompt.rest(0.002)
        prompt.press("\x03", has_prompt)
    return times


# What is typed before Tab, and what comes.
COMPLETED = [
    ("a name", "FineTuningPar", "ams"), ("a method", "tuner.training_s", "tep"), ("a field", "params.num_f", "ixed_layers"),
    ("keyword arguments", "FineTuningParams(mar", "gin"), ("a module", "import statis", "tics"), ("a command", "%timei", "t"),
    ("a file", 'read_text("orders-of-to', "day"), ("a menu of names", "load_", "load_sessions"), ("a signature", "step_through(", "batches"),
]


def completion(prompt, rounds):
    """Tab to the completed text or the list."""
    times = []
    for _ in range(max(1, rounds // 4)):
        for _, typed, expected in COMPLETED:
            prompt.press(typed, lambda output: len(output) >= len(typed))
            prompt.rest()
            times.append(prompt.press("\t", lambda output: expected.encode() in output))
            prompt.rest()
            prompt.press("\x03", has_prompt)
    return times


# Statements that would take long, and how many seconds after their start Ctrl-C comes at the earliest.
INTERRUPTED = {
    "a loop": ("while true { }", 0.05),
    "training": ("fit(tuner, DatasetDict(train = data, test = data), epochs = 10000, batch_size = 4)", 0.5),
    "encoding": ('net.encode([f"{text} {i}" for i, text in enumerate(texts * 100)])', 0.3),
    "validation": ("while true { tuner.validation_step(todo[0]) }", 0.2),
    "evaluation": ("metrics.evaluate(net, items, queries, qrels)", 0.3),
    "a big product": ("c = ones(6000, 6000) @ ones(6000, 6000)", 0.4),
    "a product in f64": ("c = zeros(4000, 4000, dtype = \"f64\") @ zeros(4000, 4000, dtype = \"f64\")", 0.5),
    "a file read": ('t = read_text("large.txt")', 0.05),
    # On a tensor of 200 million elements.
    "comparisons": ("while true { c = big > 0.5 }", 0.05),
    "maxima over an axis": ("while true { c = big.reshape(-1, 4).max(dim = 1) }", 0.05),
    "argmin of all": ("while true { c = argmin(big) }", 0.05),
    "copies of a transposed matrix": ("while true { c = big.reshape(10000, 20000).T.reshape(-1) }", 0.05),
    "conversions": ("while true { c = big.to(f64) }", 0.05),
    "softmax": ("while true { c = softmax(big, dim = 0) }", 0.05),
    "running sums": ("while true { c = big.cumsum(dim = 0) }", 0.05),
    "masked selections": ("while true { c = big[half] }", 0.05),
    "tolist": ("while true { c = big[:20000000].tolist() }", 0.05),
    "a sort": ("while true { c = big[:10000000].sort() }", 0.05),
}


def interrupts(prompt, rounds):
    """Ctrl-C, at some moment of a statement, to the next prompt; one statement after the other."""
    prompt.run('import metrics')
    prompt.run('queries = [{"id": f"q{i}", "text": f"{texts[i % 64]} {i}"} for i in range(20000)]')
    prompt.run("big = zeros(200000000)")
    prompt.run("half = arange(200000000) % 2 == 0")
    prompt.run('qrels = {q["id"]: {"1": 1} for q in queries}')
    for name, (statement, pause) in INTERRUPTED.items():
        yield name, [prompt.interrupt(statement, pause + random.random() * 0.2) for _ in range(max(2, rounds // 4))]


def statement_cost(prompt, batch, name, rounds):
    """A call as a statement, the call in `eft run`, and `x = 1` as a statement; alternating."""
    times = {"prompt": [], "batch": [], "empty": []}
    for number in range(rounds):
        times["empty"].append(prompt.run("x = 1"))
        times["prompt"].append(prompt.run(f'r = statements["{name}"]({number + 3})'))
        times["batch"].append(batch.run(name, number + 3))
        # Memory for what the next statement keeps is made ready beside the work, while its user reads and types.
        time.sleep(2)
    return times


def undo(prompt, rounds):
    """Enter after %undo, and after %redo, of a training step."""
    times = {"undo": [], "redo": []}
    for number in range(rounds):
        prompt.run(f'r = statements["train"]({number})')
        times["undo"].append(prompt.run("%undo"))
        times["redo"].append(prompt.run("%redo"))
    return times


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", action="append", choices=["keys", "interrupt", "statement"])
    options = parser.parse_args()
    parts = options.only or ["keys", "interrupt", "statement"]
    found = {}

    def tell(name, times):
        found[name] = {"median_ms": statistics.median(times), "max_ms": max(times), "count": len(times)}
        if not options.json:
            print(f"{name:44} {statistics.median(times):8.2f} ms {max(times):8.2f} at most, of {len(times)}", flush=True)

    def compare(name, times):
        extra = statistics.median(times["prompt"]) - statistics.median(times["empty"]) - statistics.median(times["batch"])
        tell(f"{name}, at the prompt", times["prompt"])
        tell(f"{name}, in eft run", times["batch"])
        found[name] = {"cost_ms": extra, "empty_ms": statistics.median(times["empty"])}
        if not options.json:
            print(f"{'':44} {extra:+8.2f} ms for the journal, beside {statistics.median(times['empty']):.2f} ms of any statement", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        program = os.path.abspath(options.program)
        environment = {**os.environ, "HOME": folder, "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "100"}
        with open(f"{folder}/large.txt", "wb") as file:
            file.truncate(3 << 30)
        open(f"{folder}/orders-of-today.jsonl", "w").close()

        def prompt_with(arguments):
            prompt = Prompt(program, environment, folder)
            line = f"%run {HERE}/bench_console.eft {' '.join(arguments)}"
            prompt.press(line + "\r", lambda output: b"ready\r\n" in output and has_prompt(output))
            return prompt

        base = ["--model", options.model]
        if "keys" in parts or "interrupt" in parts:
            prompt = prompt_with(base)
            if "keys" in parts:
                tell("key to echo", echo(prompt, options.rounds))
                tell("Tab to completion", completion(prompt, options.rounds))
                for name, times in undo(prompt, options.rounds).items():
                    tell(f"%{name} of a training step", times)
            if "interrupt" in parts:
                for name, times in interrupts(prompt, options.rounds):
                    tell(f"Ctrl-C in {name}", times)
            prompt.leave()
        if "statement" in parts:
            for fixed, optimizer in [(0, "adamw"), (0, "sgd"), (4, "adamw"), (4, "sgd")]:
                arguments = [*base, "--fixed", str(fixed), "--optimizer", optimizer]
                prompt, batch = prompt_with(arguments), Batch(program, environment, folder, arguments)
                compare(f"a step of {6 - fixed} layers by {optimizer}", statement_cost(prompt, batch, "train", options.rounds))
                if (fixed, optimizer) == (0, "adamw"):
                    for name, title in [("validate", "a validation step"), ("encode", "64 texts encoded"), ("tensor", "a tensor of 4 MB")]:
                        compare(title, statement_cost(prompt, batch, name, options.rounds))
                prompt.leave()
                batch.leave()
    if options.json:
        print(json.dumps(found))


main()
