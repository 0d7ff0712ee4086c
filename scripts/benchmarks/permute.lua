local function swap(items, i, j) items[i], items[j] = items[j], items[i] end

local function permute(state, n)
  state.count = state.count + 1
  if n ~= 0 then
    permute(state, n - 1)
    for i = n, 1, -1 do
      swap(state.items, n, i)
      permute(state, n - 1)
      swap(state.items, n, i)
    end
  end
end

for _ = 1, tonumber(arg[1] or 1) do
  local state = { count = 0, items = { 0, 1, 2, 3, 4, 5 } }
  permute(state, 6)
  assert(state.count == 8660)
end
print("permute 8660")
