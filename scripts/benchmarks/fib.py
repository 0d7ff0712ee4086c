import sys


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


assert fib(20) == 6765
n = int(sys.argv[2]) if len(sys.argv) > 2 else 15
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    result = fib(n)
print(f"fib {n} {result}")
