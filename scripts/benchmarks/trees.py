import sys


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left=None, right=None):
        self.left = left
        self.right = right


def make(depth):
    return Node() if depth == 0 else Node(make(depth - 1), make(depth - 1))


def count(node):
    return 1 if node.left is None else 1 + count(node.left) + count(node.right)


def trees(depth):
    kept = make(depth)
    total = 0
    for level in range(4, depth + 1, 2):
        for _ in range(2 ** (depth - level + 4)):
            total += count(make(level))
    return total + count(kept)


depth = int(sys.argv[2]) if len(sys.argv) > 2 else 8
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    result = trees(depth)
print(f"trees {depth} {result}")
