import math
import sys


class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def plus(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def minus(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def times(self, n):
        return Vector(self.x * n, self.y * n, self.z * n)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z


class Cell:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Motion:
    def __init__(self, sign, start, stop):
        self.sign = sign
        self.start = start
        self.stop = stop


class Collision:
    def __init__(self, first, second, at):
        self.first = first
        self.second = second
        self.at = at


class Node:
    def __init__(self, key, value, parent):
        self.key = key
        self.value = value
        self.left = None
        self.right = None
        self.parent = parent
        self.red = True


def compare_signs(a, b):
    return a - b


def compare_cells(a, b):
    if a.x != b.x:
        return -1 if a.x < b.x else 1
    if a.y != b.y:
        return -1 if a.y < b.y else 1
    return 0


class Tree:
    def __init__(self, compare):
        self.root = None
        self.nodes = []
        self.compare = compare

    def find(self, key):
        at = self.root
        while at is not None:
            order = self.compare(key, at.key)
            if order == 0:
                return at
            at = at.left if order < 0 else at.right
        return None

    def replace(self, old, new):
        parent = old.parent
        new.parent = parent
        if parent is None:
            self.root = new
        elif parent.left is old:
            parent.left = new
        else:
            parent.right = new

    def rotate_left(self, at):
        right = at.right
        inner = right.left
        at.right = inner
        if inner is not None:
            inner.parent = at
        self.replace(at, right)
        right.left = at
        at.parent = right

    def rotate_right(self, at):
        left = at.left
        inner = left.right
        at.left = inner
        if inner is not None:
            inner.parent = at
        self.replace(at, left)
        left.right = at
        at.parent = left

    def balance(self, at):
        while at is not self.root:
            parent = at.parent
            if not parent.red:
                break
            above = parent.parent
            is_left = above.left is parent
            uncle = above.right if is_left else above.left
            if uncle is not None and uncle.red:
                parent.red = False
                uncle.red = False
                above.red = True
                at = above
            elif is_left:
                if at is parent.right:
                    at = parent
                    self.rotate_left(at)
                    parent = at.parent
                parent.red = False
                above.red = True
                self.rotate_right(above)
            else:
                if at is parent.left:
                    at = parent
                    self.rotate_right(at)
                    parent = at.parent
                parent.red = False
                above.red = True
                self.rotate_left(above)
        self.root.red = False

    def put(self, key, value):
        at = self.root
        parent = None
        order = 0
        while at is not None:
            order = self.compare(key, at.key)
            if order == 0:
                old = at.value
                at.value = value
                return old
            parent = at
            at = at.left if order < 0 else at.right
        at = Node(key, value, parent)
        self.nodes.append(at)
        if parent is None:
            self.root = at
        elif order < 0:
            parent.left = at
        else:
            parent.right = at
        self.balance(at)
        return None


def overlaps(low, high):
    return low <= 1.0 and 1.0 <= high or low <= 0.0 and 0.0 <= high or 0.0 <= low and high <= 1.0


def intersection(a, b):
    va = a.stop.minus(a.start)
    vb = b.stop.minus(b.start)
    apart = b.start.minus(a.start)
    v = vb.minus(va)
    square = v.dot(v)
    if square == 0.0:
        if math.sqrt(apart.dot(apart)) <= 1.0:
            return a.start.plus(b.start).times(0.5)
        return None
    half = apart.dot(v) * 2.0
    discriminant = half * half - 4.0 * square * (apart.dot(apart) - 1.0)
    if discriminant < 0.0:
        return None
    root = math.sqrt(discriminant)
    first = (-half - root) / (2.0 * square)
    second = (-half + root) / (2.0 * square)
    if first > second or not overlaps(first, second):
        return None
    time = 0.0 if first <= 0.0 else first
    at = a.start.plus(va.times(time)).plus(b.start.plus(vb.times(time))).times(0.5)
    if at.x < 0.0 or at.x > 1000.0 or at.y < 0.0 or at.y > 1000.0 or at.z < 0.0 or at.z > 10.0:
        return None
    return at


def is_in_cell(cell, motion):
    if cell.x > 1000.0 or cell.x < 0.0 or cell.y > 1000.0 or cell.y < 0.0:
        return False
    x = motion.start.x
    dx = motion.stop.x - x
    y = motion.start.y
    dy = motion.stop.y - y
    low_x = 0.0
    high_x = 0.0
    if dx == 0.0:
        if cell.x > x + 0.5 or x - 0.5 > cell.x + 2.0:
            return False
    else:
        low_x = (cell.x - 0.5 - x) / dx
        high_x = (cell.x + 2.5 - x) / dx
        if dx < 0.0:
            low_x, high_x = high_x, low_x
        if not overlaps(low_x, high_x):
            return False
    if dy == 0.0:
        return cell.y <= y + 0.5 and y - 0.5 <= cell.y + 2.0
    low_y = (cell.y - 0.5 - y) / dy
    high_y = (cell.y + 2.5 - y) / dy
    if dy < 0.0:
        low_y, high_y = high_y, low_y
    if not overlaps(low_y, high_y):
        return False
    return dx == 0.0 or low_y <= high_x and high_x <= high_y or low_y <= low_x and low_x <= high_y or low_x <= low_y and high_y <= high_x


def draw(cells, seen, cell, motion):
    if not is_in_cell(cell, motion):
        return
    if seen.put(cell, True) is not None:
        return
    at = cells.find(cell)
    if at is None:
        cells.put(cell, [motion])
    else:
        at.value.append(motion)
    for dx in [-2.0, 0.0, 2.0]:
        for dy in [-2.0, 0.0, 2.0]:
            if dx != 0.0 or dy != 0.0:
                draw(cells, seen, Cell(cell.x + dx, cell.y + dy), motion)


def cell_of(position):
    x = 2.0 * int(position.x / 2.0)
    y = 2.0 * int(position.y / 2.0)
    return Cell(x - 2.0 if position.x < 0.0 else x, y - 2.0 if position.y < 0.0 else y)


def frame(time, aircraft):
    places = []
    for i in range(0, aircraft, 2):
        places.append(Vector(time, math.cos(time) * 2.0 + i * 3.0, 10.0))
        places.append(Vector(time, math.sin(time) * 2.0 + i * 3.0, 10.0))
    return places


def collisions(motions):
    cells = Tree(compare_cells)
    for motion in motions:
        draw(cells, Tree(compare_cells), cell_of(motion.start), motion)
    found = []
    for node in cells.nodes:
        here = node.value
        for i in range(len(here) - 1):
            for j in range(i + 1, len(here)):
                at = intersection(here[i], here[j])
                if at is not None:
                    found.append(Collision(here[i].sign, here[j].sign, at))
    return found


def simulate(aircraft):
    known = Tree(compare_signs)
    count = 0
    for step in range(200):
        motions = []
        for sign, place in enumerate(frame(step / 10.0, aircraft)):
            before = known.put(sign, place)
            motions.append(Motion(sign, place if before is None else before, place))
        count += len(collisions(motions))
    return count


rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 1
aircraft = int(sys.argv[2]) if len(sys.argv) > 2 else 10
published = {2: 42, 10: 390, 100: 4305}
for _ in range(rounds):
    result = simulate(aircraft)
    assert aircraft not in published or result == published[aircraft]
print(f"cd {aircraft} {result}")
