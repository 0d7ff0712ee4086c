import sys

sys.setrecursionlimit(10000)

PLAIN, REDUCIBLE, ALONE, IRREDUCIBLE, DEAD = range(5)


class Block:
    def __init__(self, number):
        self.number = number
        self.ins = []
        self.outs = []


class Graph:
    def __init__(self):
        self.blocks = []

    def connect(self, source, target):
        while len(self.blocks) <= max(source, target):
            self.blocks.append(Block(len(self.blocks)))
        self.blocks[source].outs.append(self.blocks[target])
        self.blocks[target].ins.append(self.blocks[source])

    def straight(self, start, count):
        for i in range(count):
            self.connect(start + i, start + i + 1)
        return start + count

    def diamond(self, start):
        self.connect(start, start + 1)
        self.connect(start, start + 2)
        self.connect(start + 1, start + 3)
        self.connect(start + 2, start + 3)
        return start + 3

    def base_loop(self, start):
        header = self.straight(start, 1)
        first = self.diamond(header)
        middle = self.straight(first, 1)
        second = self.diamond(middle)
        footer = self.straight(second, 1)
        self.connect(second, middle)
        self.connect(first, header)
        self.connect(footer, start)
        return self.straight(footer, 1)

    def small(self):
        self.base_loop(0)
        self.connect(0, 2)

    def large(self, outer, middle, inner):
        n = 2
        for _ in range(outer):
            self.connect(2, n + 1)
            n += 1
            for _ in range(middle):
                top = n
                n = self.straight(n, 1)
                for _ in range(inner):
                    n = self.base_loop(n)
                bottom = self.straight(n, 1)
                self.connect(n, top)
                n = bottom
            self.connect(n, 1)


class Loop:
    def __init__(self, header=None, is_reducible=True):
        self.header = header
        self.is_reducible = is_reducible
        self.parent = None
        self.children = []
        self.blocks = []
        self.depth = 0
        self.nesting = 0

    def nest(self, depth):
        self.depth = depth
        for child in self.children:
            child.nest(depth + 1)
            self.nesting = max(self.nesting, 1 + child.nesting)


class Node:
    def __init__(self, number):
        self.number = number
        self.block = None
        self.parent = self
        self.loop = None
        self.last = -1
        self.header = 0
        self.kind = PLAIN
        self.back = []
        self.others = {}

    def stand_in(self):
        way = []
        node = self
        while node.parent is not node:
            if node.parent.parent is not node.parent:
                way.append(node)
            node = node.parent
        for step in way:
            step.parent = node
        return node


class Search:
    def __init__(self, graph, loops):
        self.graph = graph
        self.nodes = [Node(i) for i in range(len(graph.blocks))]
        self.numbers = [-1] * len(graph.blocks)
        self.loops = loops

    def walk(self, block, number):
        self.nodes[number].block = block
        self.numbers[block.number] = number
        last = number
        for target in block.outs:
            if self.numbers[target.number] < 0:
                last = self.walk(target, last + 1)
        self.nodes[number].last = last
        return last

    def is_ancestor(self, w, v):
        return w <= v and v <= self.nodes[w].last

    def sort_edges(self):
        for w, node in enumerate(self.nodes):
            if node.block is None:
                node.kind = DEAD
            else:
                for source in node.block.ins:
                    v = self.numbers[source.number]
                    if v >= 0:
                        if self.is_ancestor(w, v):
                            node.back.append(v)
                        else:
                            node.others[v] = True

    def collect(self, w):
        node = self.nodes[w]
        pool = []
        for v in node.back:
            if v == w:
                node.kind = ALONE
            else:
                pool.append(self.nodes[v].stand_in())
        if len(pool) > 0:
            node.kind = REDUCIBLE
        next = 0
        while next < len(pool):
            x = pool[next]
            next += 1
            for source in list(x.others):
                y = self.nodes[source].stand_in()
                if not self.is_ancestor(w, y.number):
                    node.kind = IRREDUCIBLE
                    node.others[y.number] = True
                elif y.number != w and y not in pool:
                    pool.append(y)
        return pool

    def enclose(self, w, pool):
        node = self.nodes[w]
        loop = Loop(node.block, node.kind != IRREDUCIBLE)
        self.loops.append(loop)
        node.loop = loop
        for member in pool:
            member.header = w
            member.parent = node
            if member.loop is not None:
                member.loop.parent = loop
                loop.children.append(member.loop)
            else:
                loop.blocks.append(member.block)

    def find_loops(self):
        self.walk(self.graph.blocks[0], 0)
        self.sort_edges()
        for w in range(len(self.nodes) - 1, -1, -1):
            if self.nodes[w].block is not None:
                pool = self.collect(w)
                if len(pool) > 0 or self.nodes[w].kind == ALONE:
                    self.enclose(w, pool)
        return self.loops


def havlak(dummies):
    graph = Graph()
    graph.small()
    loops = [Loop()]
    for _ in range(dummies):
        Search(graph, loops).find_loops()
    graph.large(10, 10, 5)
    Search(graph, loops).find_loops()
    assert len(Search(graph, [Loop()]).find_loops()) == len(loops) - 3 * dummies
    for loop in loops[1:]:
        if loop.parent is None:
            loop.parent = loops[0]
            loops[0].children.append(loop)
    loops[0].nest(0)
    return len(loops), len(graph.blocks), loops[0].nesting


dummies = int(sys.argv[2]) if len(sys.argv) > 2 else 1
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    loops, blocks, nesting = havlak(dummies)
    assert loops == 1602 + 3 * dummies
    assert blocks == 5213
print(f"havlak {loops} {blocks} {nesting}")
