import sys


def adder(n):
    return lambda x: x + n


def compose(f, g):
    return lambda x: g(f(x))


def twice(f):
    return compose(f, f)


def closures(size):
    steps = [adder(i) for i in range(10)]
    chain = lambda x: x
    for step in steps:
        chain = compose(chain, step)
    total = 0
    for i in range(size):
        total += chain(i)
    table = {"twice": twice(adder(3)), "square": lambda x: x * x, "negate": lambda x: -x}
    for name in ["twice", "square", "negate"]:
        f = table[name]
        for i in range(size):
            total += f(i)
    return total + sum(map(lambda x: x % 7, filter(lambda x: x % 3 == 0, range(size))))


size = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    result = closures(size)
print(f"closures {size} {result}")
