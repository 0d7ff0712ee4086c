local PLAIN, REDUCIBLE, ALONE, IRREDUCIBLE, DEAD = 0, 1, 2, 3, 4

local Graph = {}
Graph.__index = Graph

-- Blocks are numbered from 0, as in the other languages.
function Graph:connect(source, target)
  local blocks = self.blocks
  while self.count <= math.max(source, target) do
    blocks[self.count] = { number = self.count, ins = {}, outs = {} }
    self.count = self.count + 1
  end
  local outs, ins = blocks[source].outs, blocks[target].ins
  outs[#outs + 1] = blocks[target]
  ins[#ins + 1] = blocks[source]
end

function Graph:straight(start, count)
  for i = 0, count - 1 do self:connect(start + i, start + i + 1) end
  return start + count
end

function Graph:diamond(start)
  self:connect(start, start + 1)
  self:connect(start, start + 2)
  self:connect(start + 1, start + 3)
  self:connect(start + 2, start + 3)
  return start + 3
end

function Graph:base_loop(start)
  local header = self:straight(start, 1)
  local first = self:diamond(header)
  local middle = self:straight(first, 1)
  local second = self:diamond(middle)
  local footer = self:straight(second, 1)
  self:connect(second, middle)
  self:connect(first, header)
  self:connect(footer, start)
  return self:straight(footer, 1)
end

function Graph:small()
  self:base_loop(0)
  self:connect(0, 2)
end

function Graph:large(outer, middle, inner)
  local n = 2
  for _ = 1, outer do
    self:connect(2, n + 1)
    n = n + 1
    for _ = 1, middle do
      local top = n
      n = self:straight(n, 1)
      for _ = 1, inner do n = self:base_loop(n) end
      local bottom = self:straight(n, 1)
      self:connect(n, top)
      n = bottom
    end
    self:connect(n, 1)
  end
end

local function new_loop(header, is_reducible)
  return { header = header, is_reducible = is_reducible, children = {}, blocks = {}, depth = 0, nesting = 0 }
end

local function nest(loop, depth)
  loop.depth = depth
  for _, child in ipairs(loop.children) do
    nest(child, depth + 1)
    loop.nesting = math.max(loop.nesting, 1 + child.nesting)
  end
end

local function new_node(number)
  local node = { number = number, last = -1, header = 0, kind = PLAIN, back = {}, others = {}, order = {} }
  node.parent = node
  return node
end

-- Others are kept in the order in which they came.
local function add_other(node, v)
  if not node.others[v] then
    node.others[v] = true
    node.order[#node.order + 1] = v
  end
end

local function stand_in(node)
  local way = {}
  while node.parent ~= node do
    if node.parent.parent ~= node.parent then way[#way + 1] = node end
    node = node.parent
  end
  for _, step in ipairs(way) do step.parent = node end
  return node
end

local Search = {}
Search.__index = Search

local function new_search(graph, loops)
  local search = setmetatable({ graph = graph, nodes = {}, numbers = {}, loops = loops }, Search)
  for i = 0, graph.count - 1 do
    search.nodes[i] = new_node(i)
    search.numbers[i] = -1
  end
  return search
end

function Search:walk(block, number)
  self.nodes[number].block = block
  self.numbers[block.number] = number
  local last = number
  for _, target in ipairs(block.outs) do
    if self.numbers[target.number] < 0 then last = self:walk(target, last + 1) end
  end
  self.nodes[number].last = last
  return last
end

function Search:is_ancestor(w, v) return w <= v and v <= self.nodes[w].last end

function Search:sort_edges()
  for w = 0, self.graph.count - 1 do
    local node = self.nodes[w]
    if not node.block then
      node.kind = DEAD
    else
      for _, source in ipairs(node.block.ins) do
        local v = self.numbers[source.number]
        if v >= 0 then
          if self:is_ancestor(w, v) then node.back[#node.back + 1] = v else add_other(node, v) end
        end
      end
    end
  end
end

local function contains(list, item)
  for _, other in ipairs(list) do
    if other == item then return true end
  end
  return false
end

function Search:collect(w)
  local node = self.nodes[w]
  local pool = {}
  for _, v in ipairs(node.back) do
    if v == w then node.kind = ALONE else pool[#pool + 1] = stand_in(self.nodes[v]) end
  end
  if #pool > 0 then node.kind = REDUCIBLE end
  local next = 1
  while next <= #pool do
    local x = pool[next]
    next = next + 1
    for i = 1, #x.order do
      local y = stand_in(self.nodes[x.order[i]])
      if not self:is_ancestor(w, y.number) then
        node.kind = IRREDUCIBLE
        add_other(node, y.number)
      elseif y.number ~= w and not contains(pool, y) then
        pool[#pool + 1] = y
      end
    end
  end
  return pool
end

function Search:enclose(w, pool)
  local node = self.nodes[w]
  local loop = new_loop(node.block, node.kind ~= IRREDUCIBLE)
  self.loops[#self.loops + 1] = loop
  node.loop = loop
  for _, member in ipairs(pool) do
    member.header = w
    member.parent = node
    if member.loop then
      member.loop.parent = loop
      loop.children[#loop.children + 1] = member.loop
    else
      loop.blocks[#loop.blocks + 1] = member.block
    end
  end
end

function Search:find_loops()
  self:walk(self.graph.blocks[0], 0)
  self:sort_edges()
  for w = self.graph.count - 1, 0, -1 do
    if self.nodes[w].block then
      local pool = self:collect(w)
      if #pool > 0 or self.nodes[w].kind == ALONE then self:enclose(w, pool) end
    end
  end
  return self.loops
end

local function havlak(dummies)
  local graph = setmetatable({ blocks = {}, count = 0 }, Graph)
  graph:small()
  local loops = { new_loop(nil, true) }
  for _ = 1, dummies do new_search(graph, loops):find_loops() end
  graph:large(10, 10, 5)
  new_search(graph, loops):find_loops()
  assert(#new_search(graph, { new_loop(nil, true) }):find_loops() == #loops - 3 * dummies)
  for i = 2, #loops do
    if not loops[i].parent then
      loops[i].parent = loops[1]
      table.insert(loops[1].children, loops[i])
    end
  end
  nest(loops[1], 0)
  return #loops, graph.count, loops[1].nesting
end

local dummies = tonumber(arg[2] or 1)
local loops, blocks, nesting
for _ = 1, tonumber(arg[1] or 1) do
  loops, blocks, nesting = havlak(dummies)
  assert(loops == 1602 + 3 * dummies)
  assert(blocks == 5213)
end
print(string.format("havlak %d %d %d", loops, blocks, nesting))
