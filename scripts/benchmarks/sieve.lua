local function sieve(size)
  local flags, count = {}, 0
  for i = 1, size do flags[i] = true end
  for i = 2, size do
    if flags[i] then
      count = count + 1
      local k = i + i
      while k <= size do
        flags[k] = false
        k = k + i
      end
    end
  end
  return count
end

for _ = 1, tonumber(arg[1] or 1) do assert(sieve(5000) == 669) end
print("sieve 669")
