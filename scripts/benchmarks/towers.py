import sys


class Disk:
    __slots__ = ("size", "next")

    def __init__(self, size):
        self.size = size
        self.next = None


class Towers:
    def __init__(self):
        self.piles = [None, None, None]
        self.moves = 0

    def push(self, disk, pile):
        top = self.piles[pile]
        assert top is None or disk.size < top.size, "a disk lies on a smaller one"
        disk.next = top
        self.piles[pile] = disk

    def move_top(self, source, target):
        disk = self.piles[source]
        assert disk is not None, "there is no disk to move"
        self.piles[source] = disk.next
        self.moves += 1
        self.push(disk, target)

    def move(self, count, source, target):
        if count == 1:
            self.move_top(source, target)
            return
        other = 3 - source - target
        self.move(count - 1, source, other)
        self.move_top(source, target)
        self.move(count - 1, other, target)


def hanoi():
    towers = Towers()
    for size in range(13, -1, -1):
        towers.push(Disk(size), 0)
    towers.move(13, 0, 1)
    return towers.moves


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    assert hanoi() == 8191
print("towers 8191")
