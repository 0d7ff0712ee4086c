local function build(state, depth)
  state.count = state.count + 1
  if depth == 1 then
    state.seed = (state.seed * 1309 + 13849) % 65536
    local leaf = {}
    for i = 1, state.seed % 10 + 1 do leaf[i] = false end
    return leaf
  end
  local branches = {}
  for i = 1, 4 do branches[i] = build(state, depth - 1) end
  return branches
end

local function storage()
  local state = { seed = 74755, count = 0 }
  local tree = build(state, 7)
  return state.count
end

for _ = 1, tonumber(arg[1] or 1) do assert(storage() == 5461) end
print("storage 5461")
