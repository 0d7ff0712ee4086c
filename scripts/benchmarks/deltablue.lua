local function variable(value)
  return { value = value, constraints = {}, source = nil, mark = 0, strength = 6, stays = true }
end

local function is_known(variable, mark) return variable.mark == mark or variable.stays or variable.source == nil end

local Unary = {}
Unary.__index = Unary
local function unary(stays, strength, first)
  return setmetatable({ stays = stays, strength = strength, first = first, direction = 0, variables = { first } }, Unary)
end
function Unary:output() return self.first end
function Unary:choose(mark) return self.first.mark ~= mark and self.strength < self.first.strength and 1 or 0 end
function Unary:mark_inputs() end
function Unary:inputs_known() return true end
function Unary:execute() end
function Unary:recalculate()
  self.first.strength = self.strength
  self.first.stays = self.stays
end

local Equal = {}
Equal.__index = Equal
local function equal(strength, first, second)
  return setmetatable({ strength = strength, first = first, second = second, direction = 0, variables = { first, second } }, Equal)
end
function Equal:output() return self.direction < 0 and self.first or self.second end
function Equal:input() return self.direction > 0 and self.first or self.second end
function Equal:choose(mark)
  local a, b, strength = self.first, self.second, self.strength
  if a.mark == mark then return b.mark ~= mark and strength < b.strength and 1 or 0 end
  if b.mark == mark then return strength < a.strength and -1 or 0 end
  if a.strength > b.strength then return strength < a.strength and -1 or 0 end
  return strength < b.strength and 1 or 0
end
function Equal:mark_inputs(mark) self:input().mark = mark end
function Equal:inputs_known(mark) return is_known(self:input(), mark) end
function Equal:execute() self:output().value = self:input().value end
function Equal:recalculate()
  local source, out = self:input(), self:output()
  out.strength = math.max(self.strength, source.strength)
  out.stays = source.stays
  if out.stays then self:execute() end
end

local Scaled = setmetatable({}, Equal)
Scaled.__index = Scaled
local function scaled(strength, first, second, scale, offset)
  return setmetatable({
    strength = strength, first = first, second = second, scale = scale, offset = offset, direction = 0,
    variables = { first, second, scale, offset },
  }, Scaled)
end
function Scaled:mark_inputs(mark)
  self:input().mark = mark
  self.scale.mark = mark
  self.offset.mark = mark
end
function Scaled:inputs_known(mark)
  return is_known(self:input(), mark) and is_known(self.scale, mark) and is_known(self.offset, mark)
end
function Scaled:execute()
  if self.direction > 0 then
    self.second.value = self.first.value * self.scale.value + self.offset.value
  else
    self.first.value = (self.second.value - self.offset.value) // self.scale.value
  end
end
function Scaled:recalculate()
  local source, out = self:input(), self:output()
  out.strength = math.max(self.strength, source.strength)
  out.stays = source.stays and self.scale.stays and self.offset.stays
  if out.stays then self:execute() end
end

local function consume(variable, todo)
  for _, c in ipairs(variable.constraints) do
    if c ~= variable.source and c.direction ~= 0 then todo[#todo + 1] = c end
  end
end

local Planner = {}
Planner.__index = Planner

function Planner:satisfy(c, mark)
  c.direction = c:choose(mark)
  if c.direction == 0 then
    assert(c.strength > 0, "a required constraint cannot be satisfied")
    return nil
  end
  c:mark_inputs(mark)
  local out = c:output()
  local overridden = out.source
  if overridden ~= nil then overridden.direction = 0 end
  out.source = c
  local todo = { c }
  while #todo > 0 do
    local next = table.remove(todo)
    assert(next:output().mark ~= mark, "the constraints make a cycle")
    next:recalculate()
    consume(next:output(), todo)
  end
  out.mark = mark
  return overridden
end

function Planner:incremental_add(c)
  self.mark = self.mark + 1
  local mark = self.mark
  while c ~= nil do c = self:satisfy(c, mark) end
end

function Planner:add(c)
  for _, v in ipairs(c.variables) do v.constraints[#v.constraints + 1] = c end
  self:incremental_add(c)
end

function Planner:remove(c)
  local out = c:output()
  c.direction = 0
  for _, v in ipairs(c.variables) do
    for i, d in ipairs(v.constraints) do
      if d == c then
        table.remove(v.constraints, i)
        break
      end
    end
  end
  out.source, out.strength, out.stays = nil, 6, true
  local unsatisfied, todo = {}, { out }
  while #todo > 0 do
    local v = table.remove(todo)
    for _, d in ipairs(v.constraints) do
      if d.direction == 0 then unsatisfied[#unsatisfied + 1] = d end
    end
    for _, d in ipairs(v.constraints) do
      if d ~= v.source and d.direction ~= 0 then
        d:recalculate()
        todo[#todo + 1] = d:output()
      end
    end
  end
  for strength = 0, 5 do
    for _, d in ipairs(unsatisfied) do
      if d.strength == strength then self:incremental_add(d) end
    end
  end
end

function Planner:plan_from(edit)
  self.mark = self.mark + 1
  local mark, plan, todo = self.mark, {}, {}
  if edit.direction ~= 0 then todo[1] = edit end
  while #todo > 0 do
    local c = table.remove(todo)
    local out = c:output()
    if out.mark ~= mark and c:inputs_known(mark) then
      plan[#plan + 1] = c
      out.mark = mark
      consume(out, todo)
    end
  end
  return plan
end

function Planner:change(variable, value)
  local edit = unary(false, 2, variable)
  self:add(edit)
  local plan = self:plan_from(edit)
  for _ = 1, 10 do
    variable.value = value
    for _, c in ipairs(plan) do c:execute() end
  end
  self:remove(edit)
end

local function chain(size)
  local planner, variables = setmetatable({ mark = 1 }, Planner), {}
  for i = 1, size + 1 do variables[i] = variable(0) end
  for i = 1, size do planner:add(equal(0, variables[i], variables[i + 1])) end
  planner:add(unary(true, 3, variables[size + 1]))
  local edit = unary(false, 2, variables[1])
  planner:add(edit)
  local plan = planner:plan_from(edit)
  for value = 0, 99 do
    variables[1].value = value
    for _, c in ipairs(plan) do c:execute() end
    assert(variables[size + 1].value == value, "the chain does not carry the value")
  end
  planner:remove(edit)
  return planner
end

local function projection(size)
  local planner = setmetatable({ mark = 1 }, Planner)
  local scale, offset, targets, source, target = variable(10), variable(1000), {}, nil, nil
  for i = 0, size - 1 do
    source, target = variable(i), variable(i)
    targets[i] = target
    planner:add(unary(true, 4, source))
    planner:add(scaled(0, source, target, scale, offset))
  end
  planner:change(source, 17)
  assert(target.value == 1170)
  planner:change(target, 1050)
  assert(source.value == 5)
  planner:change(scale, 5)
  for i = 0, size - 2 do assert(targets[i].value == i * 5 + 1000) end
  planner:change(offset, 2000)
  for i = 0, size - 2 do assert(targets[i].value == i * 5 + 2000) end
  return planner
end

local size, a, b = tonumber(arg[2] or 50), nil, nil
for _ = 1, tonumber(arg[1] or 1) do
  a, b = chain(size), projection(size)
end
print("deltablue " .. size .. " " .. a.mark .. " " .. b.mark)
