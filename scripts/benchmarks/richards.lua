local function append(packet, queue)
  packet.link = nil
  if queue == nil then return packet end
  local last = queue
  while last.link ~= nil do last = last.link end
  last.link = packet
  return queue
end

local System = {}
System.__index = System

function System:hold()
  self.held = self.held + 1
  self.current.holding = true
  return self.current.link
end

function System:wait()
  self.current.waiting = true
  return self.current
end

function System:release(identity)
  local task = self.tasks[identity]
  task.holding = false
  return task.priority > self.current.priority and task or self.current
end

function System:queue(packet)
  local task, current = self.tasks[packet.identity], self.current
  self.queued = self.queued + 1
  packet.link = nil
  packet.identity = self.identity
  if task.input == nil then
    task.input = packet
    task.pending = true
    if task.priority > current.priority then return task end
  else
    task.input = append(packet, task.input)
  end
  return current
end

function System:add(identity, priority, input, waiting, act)
  local task = {
    identity = identity, priority = priority, input = input, pending = input ~= nil, waiting = waiting, holding = false,
    link = self.list, act = act,
  }
  self.list = task
  self.tasks[identity] = task
  return task
end

local function idle(system, task)
  task.count = task.count - 1
  if task.count == 0 then return system:hold() end
  if task.control & 1 == 0 then
    task.control = task.control // 2
    return system:release(4)
  end
  task.control = (task.control // 2) ~ 53256
  return system:release(5)
end

local function work(system, task, packet)
  if packet == nil then return system:wait() end
  task.target = task.target == 2 and 3 or 2
  packet.identity = task.target
  packet.datum = 0
  for i = 1, 4 do
    task.count = task.count + 1
    if task.count > 26 then task.count = 1 end
    packet.data[i] = 64 + task.count
  end
  return system:queue(packet)
end

local function handle(system, task, packet)
  if packet ~= nil then
    if packet.kind == 1 then
      task.jobs = append(packet, task.jobs)
    else
      task.devices = append(packet, task.devices)
    end
  end
  local job = task.jobs
  if job == nil then return system:wait() end
  local count = job.datum
  if count >= 4 then
    task.jobs = job.link
    return system:queue(job)
  end
  local device = task.devices
  if device == nil then return system:wait() end
  task.devices = device.link
  device.datum = job.data[count + 1]
  job.datum = count + 1
  return system:queue(device)
end

local function serve(system, task, packet)
  if packet ~= nil then
    task.ready = packet
    return system:hold()
  end
  local ready = task.ready
  if ready == nil then return system:wait() end
  task.ready = nil
  return system:queue(ready)
end

function System:schedule()
  self.current = self.list
  while self.current ~= nil do
    local current = self.current
    if current.holding or (not current.pending and current.waiting) then
      self.current = current.link
    else
      self.identity = current.identity
      local packet
      if current.pending and current.waiting and not current.holding then
        packet = current.input
        current.input = packet.link
        current.waiting = false
        current.pending = current.input ~= nil
      end
      self.current = current.act(self, current, packet)
    end
  end
end

local function packets(count, identity, kind)
  local queue
  for _ = 1, count do queue = { link = queue, identity = identity, kind = kind, datum = 0, data = { 0, 0, 0, 0 } } end
  return queue
end

local function richards()
  local system = setmetatable({ tasks = {}, identity = 0, queued = 0, held = 0 }, System)
  local idler = system:add(0, 0, nil, false, idle)
  idler.control, idler.count = 1, 10000
  local worker = system:add(1, 1000, packets(2, 1, 1), true, work)
  worker.target, worker.count = 2, 0
  system:add(2, 2000, packets(3, 4, 0), true, handle)
  system:add(3, 3000, packets(3, 5, 0), true, handle)
  system:add(4, 4000, nil, true, serve)
  system:add(5, 5000, nil, true, serve)
  system:schedule()
  return system
end

for _ = 1, tonumber(arg[1] or 1) do
  local system = richards()
  assert(system.queued == 23246)
  assert(system.held == 9297)
end
print("richards 23246 9297")
