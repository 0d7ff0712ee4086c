import sys


class Element:
    __slots__ = ("value", "next")

    def __init__(self, value, next):
        self.value = value
        self.next = next


def make(length):
    return None if length == 0 else Element(length, make(length - 1))


def length(list):
    return 0 if list is None else 1 + length(list.next)


def is_shorter(x, y):
    while y is not None:
        if x is None:
            return True
        x = x.next
        y = y.next
    return False


def tail(x, y, z):
    if is_shorter(y, x):
        return tail(tail(x.next, y, z), tail(y.next, z, x), tail(z.next, x, y))
    return z


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    assert length(tail(make(15), make(10), make(6))) == 10
print("list 10")
