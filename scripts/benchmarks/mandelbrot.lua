local function mandelbrot(size)
  local sum, byte, bits = 0, 0, 0
  for y = 0, size - 1 do
    local ci = 2.0 * y / size - 1.0
    for x = 0, size - 1 do
      local cr = 2.0 * x / size - 1.5
      local zrr, zii, zi, z, escape = 0.0, 0.0, 0.0, 0, 0
      while z < 50 do
        local zr = zrr - zii + cr
        zi = 2.0 * zr * zi + ci
        zrr = zr * zr
        zii = zi * zi
        if zrr + zii > 4.0 then
          escape = 1
          break
        end
        z = z + 1
      end
      byte = (byte << 1) + escape
      bits = bits + 1
      if bits == 8 or x == size - 1 then
        if bits < 8 then byte = byte << (8 - bits) end
        sum = sum ~ byte
        byte, bits = 0, 0
      end
    end
  end
  return sum
end

assert(mandelbrot(1) == 128)
local published = { [500] = 191, [750] = 50 }
local size, result = tonumber(arg[2] or 50), nil
for _ = 1, tonumber(arg[1] or 1) do
  result = mandelbrot(size)
  assert(published[size] == nil or result == published[size])
end
print("mandelbrot " .. size .. " " .. result)
