import sys


class Variable:
    def __init__(self, value):
        self.value = value
        self.constraints = []
        self.source = None
        self.mark = 0
        self.strength = 6
        self.stays = True


class Unary:
    def __init__(self, strength, first):
        self.strength = strength
        self.first = first
        self.direction = 0

    def variables(self):
        return [self.first]

    def output(self):
        return self.first

    def choose(self, mark):
        return 1 if self.first.mark != mark and self.strength < self.first.strength else 0

    def mark_inputs(self, mark):
        pass

    def inputs_known(self, mark):
        return True

    def execute(self):
        pass

    def recalculate(self):
        self.first.strength = self.strength
        self.first.stays = self.stays


class Stay(Unary):
    stays = True


class Edit(Unary):
    stays = False


def is_known(variable, mark):
    return variable.mark == mark or variable.stays or variable.source is None


class Equal:
    def __init__(self, strength, first, second):
        self.strength = strength
        self.first = first
        self.second = second
        self.direction = 0

    def variables(self):
        return [self.first, self.second]

    def output(self):
        return self.first if self.direction < 0 else self.second

    def input(self):
        return self.first if self.direction > 0 else self.second

    def choose(self, mark):
        a, b, strength = self.first, self.second, self.strength
        if a.mark == mark:
            return 1 if b.mark != mark and strength < b.strength else 0
        if b.mark == mark:
            return -1 if strength < a.strength else 0
        if a.strength > b.strength:
            return -1 if strength < a.strength else 0
        return 1 if strength < b.strength else 0

    def mark_inputs(self, mark):
        self.input().mark = mark

    def inputs_known(self, mark):
        return is_known(self.input(), mark)

    def execute(self):
        self.output().value = self.input().value

    def recalculate(self):
        source, out = self.input(), self.output()
        out.strength = max(self.strength, source.strength)
        out.stays = source.stays
        if out.stays:
            self.execute()


class Scaled(Equal):
    def __init__(self, strength, first, second, scale, offset):
        super().__init__(strength, first, second)
        self.scale = scale
        self.offset = offset

    def variables(self):
        return [self.first, self.second, self.scale, self.offset]

    def mark_inputs(self, mark):
        self.input().mark = mark
        self.scale.mark = mark
        self.offset.mark = mark

    def inputs_known(self, mark):
        return is_known(self.input(), mark) and is_known(self.scale, mark) and is_known(self.offset, mark)

    def execute(self):
        if self.direction > 0:
            self.second.value = self.first.value * self.scale.value + self.offset.value
        else:
            self.first.value = (self.second.value - self.offset.value) // self.scale.value

    def recalculate(self):
        source, out = self.input(), self.output()
        out.strength = max(self.strength, source.strength)
        out.stays = source.stays and self.scale.stays and self.offset.stays
        if out.stays:
            self.execute()


def consuming(variable):
    return [c for c in variable.constraints if c is not variable.source and c.direction != 0]


class Planner:
    def __init__(self):
        self.mark = 1

    def satisfy(self, c, mark):
        c.direction = c.choose(mark)
        if c.direction == 0:
            assert c.strength > 0, "a required constraint cannot be satisfied"
            return None
        c.mark_inputs(mark)
        out = c.output()
        overridden = out.source
        if overridden is not None:
            overridden.direction = 0
        out.source = c
        todo = [c]
        while todo:
            next = todo.pop()
            assert next.output().mark != mark, "the constraints make a cycle"
            next.recalculate()
            todo.extend(consuming(next.output()))
        out.mark = mark
        return overridden

    def incremental_add(self, c):
        self.mark += 1
        mark = self.mark
        while c is not None:
            c = self.satisfy(c, mark)

    def add(self, c):
        for v in c.variables():
            v.constraints.append(c)
        self.incremental_add(c)

    def remove(self, c):
        out = c.output()
        c.direction = 0
        for v in c.variables():
            v.constraints.remove(c)
        out.source = None
        out.strength = 6
        out.stays = True
        unsatisfied = []
        todo = [out]
        while todo:
            v = todo.pop()
            for d in v.constraints:
                if d.direction == 0:
                    unsatisfied.append(d)
            for d in consuming(v):
                d.recalculate()
                todo.append(d.output())
        for strength in range(6):
            for d in unsatisfied:
                if d.strength == strength:
                    self.incremental_add(d)

    def plan_from(self, edit):
        self.mark += 1
        mark = self.mark
        plan = []
        todo = [edit] if edit.direction != 0 else []
        while todo:
            c = todo.pop()
            out = c.output()
            if out.mark != mark and c.inputs_known(mark):
                plan.append(c)
                out.mark = mark
                todo.extend(consuming(out))
        return plan

    def change(self, variable, value):
        edit = Edit(2, variable)
        self.add(edit)
        plan = self.plan_from(edit)
        for _ in range(10):
            variable.value = value
            for c in plan:
                c.execute()
        self.remove(edit)


def chain(size):
    planner = Planner()
    variables = [Variable(0) for _ in range(size + 1)]
    for i in range(size):
        planner.add(Equal(0, variables[i], variables[i + 1]))
    planner.add(Stay(3, variables[size]))
    edit = Edit(2, variables[0])
    planner.add(edit)
    plan = planner.plan_from(edit)
    for value in range(100):
        variables[0].value = value
        for c in plan:
            c.execute()
        assert variables[size].value == value, "the chain does not carry the value"
    planner.remove(edit)
    return planner


def projection(size):
    planner = Planner()
    scale, offset = Variable(10), Variable(1000)
    targets = []
    for i in range(size):
        source, target = Variable(i), Variable(i)
        targets.append(target)
        planner.add(Stay(4, source))
        planner.add(Scaled(0, source, target, scale, offset))
    planner.change(source, 17)
    assert target.value == 1170
    planner.change(target, 1050)
    assert source.value == 5
    planner.change(scale, 5)
    for i in range(size - 1):
        assert targets[i].value == i * 5 + 1000
    planner.change(offset, 2000)
    for i in range(size - 1):
        assert targets[i].value == i * 5 + 2000
    return planner


size = int(sys.argv[2]) if len(sys.argv) > 2 else 50
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    a = chain(size)
    b = projection(size)
print(f"deltablue {size} {a.mark} {b.mark}")
