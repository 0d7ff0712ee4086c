import sys


class Permute:
    def __init__(self):
        self.count = 0
        self.items = list(range(6))

    def permute(self, n):
        self.count += 1
        if n != 0:
            last = n - 1
            self.permute(last)
            for i in range(last, -1, -1):
                self.swap(last, i)
                self.permute(last)
                self.swap(last, i)

    def swap(self, i, j):
        kept = self.items[i]
        self.items[i] = self.items[j]
        self.items[j] = kept


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    state = Permute()
    state.permute(6)
    assert state.count == 8660
print("permute 8660")
