local function make(depth)
  if depth == 0 then return {} end
  return { left = make(depth - 1), right = make(depth - 1) }
end

local function count(node)
  if node.left == nil then return 1 end
  return 1 + count(node.left) + count(node.right)
end

local function trees(depth)
  local kept, total = make(depth), 0
  for level = 4, depth, 2 do
    for _ = 1, 1 << (depth - level + 4) do total = total + count(make(level)) end
  end
  return total + count(kept)
end

local depth, result = tonumber(arg[2] or 8), nil
for _ = 1, tonumber(arg[1] or 1) do result = trees(depth) end
print("trees " .. depth .. " " .. result)
