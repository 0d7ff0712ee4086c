import sys


class Random:
    def __init__(self):
        self.seed = 74755

    def next(self):
        self.seed = (self.seed * 1309 + 13849) % 65536
        return self.seed


class Ball:
    __slots__ = ("x", "y", "dx", "dy")

    def __init__(self, random):
        self.x = random.next() % 500
        self.y = random.next() % 500
        self.dx = random.next() % 300 - 150
        self.dy = random.next() % 300 - 150

    def bounce(self):
        self.x += self.dx
        self.y += self.dy
        hit = False
        if self.x > 500:
            self.x, self.dx, hit = 500, -abs(self.dx), True
        if self.x < 0:
            self.x, self.dx, hit = 0, abs(self.dx), True
        if self.y > 500:
            self.y, self.dy, hit = 500, -abs(self.dy), True
        if self.y < 0:
            self.y, self.dy, hit = 0, abs(self.dy), True
        return hit


def bounces():
    random = Random()
    balls = [Ball(random) for _ in range(100)]
    count = 0
    for _ in range(50):
        for ball in balls:
            if ball.bounce():
                count += 1
    return count


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    assert bounces() == 1331
print("bounce 1331")
