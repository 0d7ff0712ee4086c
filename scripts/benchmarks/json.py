import sys


def document():
    operations = []
    for i in range(156):
        operations.append("[\"op" + str(i) + "\", " + str(i * 37) + ", \"line\\n" + str(i) + "\", [true, null, {\"x\": " + str(i) + ".5}]]")
    return "{\"head\": {\"requestCounter\": 4, \"seen\": false}, \"operations\": [" + ", ".join(operations) + "]}"


def skip(text, i):
    while i < len(text):
        c = text[i]
        if c != " " and c != "\n" and c != "\t" and c != "\r":
            break
        i += 1
    return i


def read_string(text, i):
    start = i
    result = ""
    while True:
        c = text[i]
        if c == "\"":
            return result + text[start:i], i + 1
        if c == "\\":
            result += text[start:i]
            e = text[i + 1]
            result += "\n" if e == "n" else "\t" if e == "t" else e
            i += 2
            start = i
        else:
            i += 1


def read_number(text, i):
    start = i
    whole = True
    while i < len(text):
        c = text[i]
        if (c >= "0" and c <= "9") or c == "-":
            i += 1
        elif c == "." or c == "e" or c == "E" or c == "+":
            whole = False
            i += 1
        else:
            break
    return (int(text[start:i]) if whole else float(text[start:i])), i


def read_list(text, i):
    result = []
    i = skip(text, i)
    if text[i] == "]":
        return result, i + 1
    while True:
        value, i = read_value(text, i)
        result.append(value)
        i = skip(text, i)
        c = text[i]
        i += 1
        if c == "]":
            return result, i
        assert c == ",", "a comma is missing"


def read_dict(text, i):
    result = {}
    i = skip(text, i)
    if text[i] == "}":
        return result, i + 1
    while True:
        i = skip(text, i)
        key, i = read_string(text, i + 1)
        i = skip(text, i)
        assert text[i] == ":", "a colon is missing"
        value, i = read_value(text, i + 1)
        result[key] = value
        i = skip(text, i)
        c = text[i]
        i += 1
        if c == "}":
            return result, i
        assert c == ",", "a comma is missing"


def read_value(text, i):
    i = skip(text, i)
    c = text[i]
    if c == "{":
        return read_dict(text, i + 1)
    if c == "[":
        return read_list(text, i + 1)
    if c == "\"":
        return read_string(text, i + 1)
    if c == "t":
        return True, i + 4
    if c == "f":
        return False, i + 5
    if c == "n":
        return None, i + 4
    return read_number(text, i)


text = document()
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    value, end = read_value(text, 0)
    assert end == len(text) and len(value["operations"]) == 156
    assert value["operations"][155][3][2]["x"] == 155.5
print("json 156")
