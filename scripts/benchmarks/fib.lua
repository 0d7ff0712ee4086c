local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

assert(fib(20) == 6765)
local n, result = tonumber(arg[2] or 15), nil
for _ = 1, tonumber(arg[1] or 1) do result = fib(n) end
print("fib " .. n .. " " .. result)
