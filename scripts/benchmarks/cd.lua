local sqrt, cos, sin = math.sqrt, math.cos, math.sin

local function vector(x, y, z) return { x = x, y = y, z = z } end
local function cell_at(x, y) return { x = x, y = y } end

local function compare_signs(a, b) return a - b end

local function compare_cells(a, b)
  if a.x ~= b.x then return a.x < b.x and -1 or 1 end
  if a.y ~= b.y then return a.y < b.y and -1 or 1 end
  return 0
end

local Tree = {}
Tree.__index = Tree
local function new_tree(compare) return setmetatable({ nodes = {}, compare = compare }, Tree) end

function Tree:find(key)
  local at, compare = self.root, self.compare
  while at do
    local order = compare(key, at.key)
    if order == 0 then return at end
    if order < 0 then at = at.left else at = at.right end
  end
  return nil
end

function Tree:replace(old, new)
  local parent = old.parent
  new.parent = parent
  if not parent then
    self.root = new
  elseif parent.left == old then
    parent.left = new
  else
    parent.right = new
  end
end

function Tree:rotate_left(at)
  local right = at.right
  local inner = right.left
  at.right = inner
  if inner then inner.parent = at end
  self:replace(at, right)
  right.left = at
  at.parent = right
end

function Tree:rotate_right(at)
  local left = at.left
  local inner = left.right
  at.left = inner
  if inner then inner.parent = at end
  self:replace(at, left)
  left.right = at
  at.parent = left
end

function Tree:balance(at)
  while at ~= self.root do
    local parent = at.parent
    if not parent.red then break end
    local above = parent.parent
    local is_left = above.left == parent
    local uncle
    if is_left then uncle = above.right else uncle = above.left end
    if uncle and uncle.red then
      parent.red = false
      uncle.red = false
      above.red = true
      at = above
    elseif is_left then
      if at == parent.right then
        at = parent
        self:rotate_left(at)
        parent = at.parent
      end
      parent.red = false
      above.red = true
      self:rotate_right(above)
    else
      if at == parent.left then
        at = parent
        self:rotate_right(at)
        parent = at.parent
      end
      parent.red = false
      above.red = true
      self:rotate_left(above)
    end
  end
  self.root.red = false
end

function Tree:put(key, value)
  local at, compare = self.root, self.compare
  local parent
  local order = 0
  while at do
    order = compare(key, at.key)
    if order == 0 then
      local old = at.value
      at.value = value
      return old
    end
    parent = at
    if order < 0 then at = at.left else at = at.right end
  end
  at = { key = key, value = value, parent = parent, red = true }
  self.nodes[#self.nodes + 1] = at
  if not parent then
    self.root = at
  elseif order < 0 then
    parent.left = at
  else
    parent.right = at
  end
  self:balance(at)
  return nil
end

local function plus(a, b) return vector(a.x + b.x, a.y + b.y, a.z + b.z) end
local function minus(a, b) return vector(a.x - b.x, a.y - b.y, a.z - b.z) end
local function times(a, n) return vector(a.x * n, a.y * n, a.z * n) end
local function dot(a, b) return a.x * b.x + a.y * b.y + a.z * b.z end
local function overlaps(low, high)
  return low <= 1.0 and 1.0 <= high or low <= 0.0 and 0.0 <= high or 0.0 <= low and high <= 1.0
end

local function intersection(a, b)
  local va = minus(a.stop, a.start)
  local vb = minus(b.stop, b.start)
  local apart = minus(b.start, a.start)
  local v = minus(vb, va)
  local square = dot(v, v)
  if square == 0.0 then
    if sqrt(dot(apart, apart)) <= 1.0 then return times(plus(a.start, b.start), 0.5) end
    return nil
  end
  local half = dot(apart, v) * 2.0
  local discriminant = half * half - 4.0 * square * (dot(apart, apart) - 1.0)
  if discriminant < 0.0 then return nil end
  local root = sqrt(discriminant)
  local first = (-half - root) / (2.0 * square)
  local second = (-half + root) / (2.0 * square)
  if first > second or not overlaps(first, second) then return nil end
  local time = first <= 0.0 and 0.0 or first
  local at = times(plus(plus(a.start, times(va, time)), plus(b.start, times(vb, time))), 0.5)
  if at.x < 0.0 or at.x > 1000.0 or at.y < 0.0 or at.y > 1000.0 or at.z < 0.0 or at.z > 10.0 then return nil end
  return at
end

local function is_in_cell(cell, motion)
  if cell.x > 1000.0 or cell.x < 0.0 or cell.y > 1000.0 or cell.y < 0.0 then return false end
  local x = motion.start.x
  local dx = motion.stop.x - x
  local y = motion.start.y
  local dy = motion.stop.y - y
  local low_x, high_x = 0.0, 0.0
  if dx == 0.0 then
    if cell.x > x + 0.5 or x - 0.5 > cell.x + 2.0 then return false end
  else
    low_x = (cell.x - 0.5 - x) / dx
    high_x = (cell.x + 2.5 - x) / dx
    if dx < 0.0 then low_x, high_x = high_x, low_x end
    if not overlaps(low_x, high_x) then return false end
  end
  if dy == 0.0 then return cell.y <= y + 0.5 and y - 0.5 <= cell.y + 2.0 end
  local low_y = (cell.y - 0.5 - y) / dy
  local high_y = (cell.y + 2.5 - y) / dy
  if dy < 0.0 then low_y, high_y = high_y, low_y end
  if not overlaps(low_y, high_y) then return false end
  return dx == 0.0 or low_y <= high_x and high_x <= high_y or low_y <= low_x and low_x <= high_y or low_x <= low_y and high_y <= high_x
end

local steps = { -2.0, 0.0, 2.0 }

local function draw(cells, seen, cell, motion)
  if not is_in_cell(cell, motion) then return end
  if seen:put(cell, true) then return end
  local at = cells:find(cell)
  if at then
    local motions = at.value
    motions[#motions + 1] = motion
  else
    cells:put(cell, { motion })
  end
  for _, dx in ipairs(steps) do
    for _, dy in ipairs(steps) do
      if dx ~= 0.0 or dy ~= 0.0 then draw(cells, seen, cell_at(cell.x + dx, cell.y + dy), motion) end
    end
  end
end

local function truncated(x) return x >= 0 and math.floor(x) or math.ceil(x) end

local function cell_of(position)
  local x = 2.0 * truncated(position.x / 2.0)
  local y = 2.0 * truncated(position.y / 2.0)
  return cell_at(position.x < 0.0 and x - 2.0 or x, position.y < 0.0 and y - 2.0 or y)
end

local function frame(time, aircraft)
  local places = {}
  for i = 0, aircraft - 1, 2 do
    places[#places + 1] = vector(time, cos(time) * 2.0 + i * 3.0, 10.0)
    places[#places + 1] = vector(time, sin(time) * 2.0 + i * 3.0, 10.0)
  end
  return places
end

local function collisions(motions)
  local cells = new_tree(compare_cells)
  for _, motion in ipairs(motions) do draw(cells, new_tree(compare_cells), cell_of(motion.start), motion) end
  local found = {}
  for _, node in ipairs(cells.nodes) do
    local here = node.value
    for i = 1, #here - 1 do
      for j = i + 1, #here do
        local at = intersection(here[i], here[j])
        if at then found[#found + 1] = { first = here[i].sign, second = here[j].sign, at = at } end
      end
    end
  end
  return found
end

local function simulate(aircraft)
  local known = new_tree(compare_signs)
  local count = 0
  for step = 0, 199 do
    local motions = {}
    for sign, place in ipairs(frame(step / 10.0, aircraft)) do
      local before = known:put(sign, place)
      motions[#motions + 1] = { sign = sign, start = before or place, stop = place }
    end
    count = count + #collisions(motions)
  end
  return count
end

local aircraft = tonumber(arg[2] or 10)
local published = { [2] = 42, [10] = 390, [100] = 4305 }
local result
for _ = 1, tonumber(arg[1] or 1) do
  result = simulate(aircraft)
  assert(not published[aircraft] or result == published[aircraft])
end
print(string.format("cd %d %d", aircraft, result))
