local function make(size)
  local seed, items = 42, {}
  for i = 1, size do
    seed = (seed * 1103515245 + 12345) % 2147483648
    items[i] = { id = i - 1, price = seed // 1000 % 1000, name = "item " .. seed % 977 }
  end
  return items
end

-- table.sort is not stable and knows no keys: the id, which is the first order, decides between equals.
local function sorted(items, less)
  local result = table.move(items, 1, #items, 1, {})
  table.sort(result, less)
  return result
end

local function sorting(size)
  local items = make(size)
  local by_price = sorted(items, function(a, b)
    if a.price ~= b.price then return a.price < b.price end
    return a.id < b.id
  end)
  local by_name = sorted(items, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return a.id < b.id
  end)
  local backwards = sorted(items, function(a, b)
    if a.price ~= b.price then return a.price > b.price end
    return a.id < b.id
  end)
  local check = 0
  for i = 1, size do
    check = (check * 31 + by_price[i].id + 7 * by_name[i].id + 13 * backwards[i].id) % 1000000007
  end
  local prices = {}
  for i, x in ipairs(items) do prices[i] = x.price end
  table.sort(prices)
  return check + prices[size // 2 + 1]
end

local size, result = tonumber(arg[2] or 1000), nil
for _ = 1, tonumber(arg[1] or 1) do result = sorting(size) end
print("sorting " .. size .. " " .. result)
