import sys


class Board:
    def __init__(self):
        self.free_rows = [True] * 8
        self.free_rising = [True] * 16
        self.free_falling = [True] * 16
        self.queens = [-1] * 8

    def place(self, column):
        for row in range(8):
            if self.free_rows[row] and self.free_rising[column + row] and self.free_falling[column - row + 7]:
                self.queens[row] = column
                self.free_rows[row] = False
                self.free_rising[column + row] = False
                self.free_falling[column - row + 7] = False
                if column == 7:
                    return True
                if self.place(column + 1):
                    return True
                self.free_rows[row] = True
                self.free_rising[column + row] = True
                self.free_falling[column - row + 7] = True
        return False


def queens():
    solved = True
    for _ in range(10):
        solved = solved and Board().place(0)
    return solved


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    assert queens()
print("queens true")
