local function make(length)
  if length == 0 then return nil end
  return { value = length, next = make(length - 1) }
end

local function length(list)
  if list == nil then return 0 end
  return 1 + length(list.next)
end

local function is_shorter(x, y)
  while y ~= nil do
    if x == nil then return true end
    x, y = x.next, y.next
  end
  return false
end

local function tail(x, y, z)
  if is_shorter(y, x) then
    return tail(tail(x.next, y, z), tail(y.next, z, x), tail(z.next, x, y))
  end
  return z
end

for _ = 1, tonumber(arg[1] or 1) do assert(length(tail(make(15), make(10), make(6))) == 10) end
print("list 10")
