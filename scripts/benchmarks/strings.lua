-- Lua's strings cannot grow: a table collects the pieces, as its manual advises.
local function build(lines)
  local pieces = {}
  for i = 0, lines - 1 do
    local row = { "row " .. i .. ": " }
    for j = 0, 4 do row[#row + 1] = i * j .. "," .. j * 7 % 5 .. ";" end
    pieces[#pieces + 1] = table.concat(row):match("^%s*(.-)%s*$") .. "\n"
  end
  return table.concat(pieces)
end

local function split(text, separator)
  local parts, start = {}, 1
  while true do
    local at, last = text:find(separator, start, true)
    if at == nil then
      parts[#parts + 1] = text:sub(start)
      return parts
    end
    parts[#parts + 1] = text:sub(start, at - 1)
    start = last + 1
  end
end

local function strings()
  local text = build(1000)
  local total, letters, vowels = 0, 0, 0
  for _, line in ipairs(split(text, "\n")) do
    if line ~= "" then
      local halves = split(line, ": ")
      local name, rest = halves[1], halves[2]
      for _, pair in ipairs(split(rest, ";")) do
        if pair ~= "" then
          local parts = split(pair, ",")
          total = total + math.tointeger(parts[1]) + math.tointeger(parts[2])
        end
      end
      if name:upper():sub(1, 5) == "ROW 9" then letters = letters + #name end
    end
  end
  for i = 1, #text do
    local c = text:sub(i, i)
    if c == "o" or c == ":" then vowels = vowels + 1 end
  end
  local numbers = {}
  for i = 0, 999 do numbers[#numbers + 1] = tostring(i) end
  local joined = table.concat(numbers, "|"):gsub("9", "nine")
  return string.format("%d %d %d %d %d", #text, total, letters, vowels, #joined)
end

local result
for _ = 1, tonumber(arg[1] or 1) do result = strings() end
print("strings " .. result)
