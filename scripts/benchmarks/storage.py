import sys


class Storage:
    def __init__(self):
        self.seed = 74755
        self.count = 0

    def build(self, depth):
        self.count += 1
        if depth == 1:
            self.seed = (self.seed * 1309 + 13849) % 65536
            return [None] * (self.seed % 10 + 1)
        branches = []
        for _ in range(4):
            branches.append(self.build(depth - 1))
        return branches


def storage():
    state = Storage()
    tree = state.build(7)
    return state.count


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    assert storage() == 5461
print("storage 5461")
