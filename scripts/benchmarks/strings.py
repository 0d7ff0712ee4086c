import sys


def build(lines):
    text = ""
    for i in range(lines):
        row = f"row {i}: "
        for j in range(5):
            row += f"{i * j},{j * 7 % 5};"
        text += row.strip() + "\n"
    return text


def strings():
    text = build(1000)
    total = 0
    letters = 0
    for line in text.split("\n"):
        if line == "":
            continue
        name, rest = line.split(": ")
        for pair in rest.split(";"):
            if pair != "":
                parts = pair.split(",")
                total += int(parts[0]) + int(parts[1])
        if name.upper().startswith("ROW 9"):
            letters += len(name)
    vowels = 0
    for c in text:
        if c == "o" or c == ":":
            vowels += 1
    joined = "|".join([str(i) for i in range(1000)])
    return f"{len(text)} {total} {letters} {vowels} {len(joined.replace('9', 'nine'))}"


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    result = strings()
print(f"strings {result}")
