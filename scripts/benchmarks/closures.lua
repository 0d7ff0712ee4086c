local function adder(n) return function(x) return x + n end end
local function compose(f, g) return function(x) return g(f(x)) end end
local function twice(f) return compose(f, f) end

local function map(f, xs)
  local result = {}
  for i, x in ipairs(xs) do result[i] = f(x) end
  return result
end

local function filter(f, xs)
  local result = {}
  for _, x in ipairs(xs) do
    if f(x) then result[#result + 1] = x end
  end
  return result
end

local function closures(size)
  local steps = {}
  for i = 0, 9 do steps[#steps + 1] = adder(i) end
  local chain = function(x) return x end
  for _, step in ipairs(steps) do chain = compose(chain, step) end
  local total = 0
  for i = 0, size - 1 do total = total + chain(i) end
  local tests = { twice = twice(adder(3)), square = function(x) return x * x end, negate = function(x) return -x end }
  for _, name in ipairs({ "twice", "square", "negate" }) do
    local f = tests[name]
    for i = 0, size - 1 do total = total + f(i) end
  end
  local numbers = {}
  for i = 0, size - 1 do numbers[#numbers + 1] = i end
  for _, x in ipairs(map(function(x) return x % 7 end, filter(function(x) return x % 3 == 0 end, numbers))) do total = total + x end
  return total
end

local size, result = tonumber(arg[2] or 1000), nil
for _ = 1, tonumber(arg[1] or 1) do result = closures(size) end
print("closures " .. size .. " " .. result)
