import sys


class Packet:
    def __init__(self, link, identity, kind):
        self.link = link
        self.identity = identity
        self.kind = kind
        self.datum = 0
        self.data = [0, 0, 0, 0]


def append(packet, queue):
    packet.link = None
    if queue is None:
        return packet
    last = queue
    while last.link is not None:
        last = last.link
    last.link = packet
    return queue


class Task:
    def __init__(self, system, identity, priority, input, pending=False, waiting=False):
        self.system = system
        self.identity = identity
        self.priority = priority
        self.input = input
        self.pending = pending
        self.waiting = waiting
        self.holding = False
        self.link = system.list
        system.list = self
        system.tasks[identity] = self

    def run(self):
        packet = None
        if self.pending and self.waiting and not self.holding:
            packet = self.input
            self.input = packet.link
            self.waiting = False
            self.pending = self.input is not None
        return self.act(packet)

    def add(self, packet, old):
        if self.input is None:
            self.input = packet
            self.pending = True
            if self.priority > old.priority:
                return self
        else:
            self.input = append(packet, self.input)
        return old


class Idler(Task):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.control = 1
        self.count = 10000

    def act(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.system.hold()
        if self.control & 1 == 0:
            self.control = self.control // 2
            return self.system.release(4)
        self.control = (self.control // 2) ^ 53256
        return self.system.release(5)


class Worker(Task):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.target = 2
        self.count = 0

    def act(self, packet):
        if packet is None:
            return self.system.wait()
        self.target = 3 if self.target == 2 else 2
        packet.identity = self.target
        packet.datum = 0
        for i in range(4):
            self.count += 1
            if self.count > 26:
                self.count = 1
            packet.data[i] = 64 + self.count
        return self.system.queue(packet)


class Handler(Task):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.jobs = None
        self.devices = None

    def act(self, packet):
        if packet is not None:
            if packet.kind == 1:
                self.jobs = append(packet, self.jobs)
            else:
                self.devices = append(packet, self.devices)
        job = self.jobs
        if job is None:
            return self.system.wait()
        count = job.datum
        if count >= 4:
            self.jobs = job.link
            return self.system.queue(job)
        device = self.devices
        if device is None:
            return self.system.wait()
        self.devices = device.link
        device.datum = job.data[count]
        job.datum = count + 1
        return self.system.queue(device)


class Device(Task):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.ready = None

    def act(self, packet):
        if packet is not None:
            self.ready = packet
            return self.system.hold()
        ready = self.ready
        if ready is None:
            return self.system.wait()
        self.ready = None
        return self.system.queue(ready)


class System:
    def __init__(self):
        self.list = None
        self.current = None
        self.identity = 0
        self.tasks = [None] * 6
        self.queued = 0
        self.held = 0

    def hold(self):
        self.held += 1
        self.current.holding = True
        return self.current.link

    def wait(self):
        self.current.waiting = True
        return self.current

    def release(self, identity):
        task = self.tasks[identity]
        task.holding = False
        return task if task.priority > self.current.priority else self.current

    def queue(self, packet):
        task = self.tasks[packet.identity]
        self.queued += 1
        packet.link = None
        packet.identity = self.identity
        return task.add(packet, self.current)

    def schedule(self):
        self.current = self.list
        while self.current is not None:
            current = self.current
            if current.holding or (not current.pending and current.waiting):
                self.current = current.link
            else:
                self.identity = current.identity
                self.current = current.run()


def packets(count, identity, kind):
    queue = None
    for _ in range(count):
        queue = Packet(queue, identity, kind)
    return queue


def richards():
    system = System()
    Idler(system, 0, 0, None)
    Worker(system, 1, 1000, packets(2, 1, 1), pending=True, waiting=True)
    Handler(system, 2, 2000, packets(3, 4, 0), pending=True, waiting=True)
    Handler(system, 3, 3000, packets(3, 5, 0), pending=True, waiting=True)
    Device(system, 4, 4000, None, waiting=True)
    Device(system, 5, 5000, None, waiting=True)
    system.schedule()
    return system


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    system = richards()
    assert system.queued == 23246
    assert system.held == 9297
print("richards 23246 9297")
