local sub = string.sub

local function document()
  local operations = {}
  for i = 0, 155 do
    operations[#operations + 1] = '["op' .. i .. '", ' .. i * 37 .. ', "line\\n' .. i .. '", [true, null, {"x": ' .. i .. '.5}]]'
  end
  return '{"head": {"requestCounter": 4, "seen": false}, "operations": [' .. table.concat(operations, ", ") .. "]}"
end

local function skip(text, i)
  while i <= #text do
    local c = sub(text, i, i)
    if c ~= " " and c ~= "\n" and c ~= "\t" and c ~= "\r" then break end
    i = i + 1
  end
  return i
end

local function read_string(text, i)
  local start, result = i, ""
  while true do
    local c = sub(text, i, i)
    if c == '"' then return result .. sub(text, start, i - 1), i + 1 end
    if c == "\\" then
      result = result .. sub(text, start, i - 1)
      local e = sub(text, i + 1, i + 1)
      result = result .. (e == "n" and "\n" or e == "t" and "\t" or e)
      i = i + 2
      start = i
    else
      i = i + 1
    end
  end
end

local function read_number(text, i)
  local start, whole = i, true
  while i <= #text do
    local c = sub(text, i, i)
    if (c >= "0" and c <= "9") or c == "-" then
      i = i + 1
    elseif c == "." or c == "e" or c == "E" or c == "+" then
      whole = false
      i = i + 1
    else
      break
    end
  end
  local digits = sub(text, start, i - 1)
  return whole and math.tointeger(digits) or tonumber(digits), i
end

local read_value

local function read_list(text, i)
  local result, value, c = {}, nil, nil
  i = skip(text, i)
  if sub(text, i, i) == "]" then return result, i + 1 end
  while true do
    value, i = read_value(text, i)
    result[#result + 1] = value
    i = skip(text, i)
    c = sub(text, i, i)
    i = i + 1
    if c == "]" then return result, i end
    assert(c == ",", "a comma is missing")
  end
end

local function read_dict(text, i)
  local result, key, value, c = {}, nil, nil, nil
  i = skip(text, i)
  if sub(text, i, i) == "}" then return result, i + 1 end
  while true do
    i = skip(text, i)
    key, i = read_string(text, i + 1)
    i = skip(text, i)
    assert(sub(text, i, i) == ":", "a colon is missing")
    value, i = read_value(text, i + 1)
    result[key] = value
    i = skip(text, i)
    c = sub(text, i, i)
    i = i + 1
    if c == "}" then return result, i end
    assert(c == ",", "a comma is missing")
  end
end

-- Lua's tables cannot hold nil: null is a value of its own.
local null = {}

function read_value(text, i)
  i = skip(text, i)
  local c = sub(text, i, i)
  if c == "{" then return read_dict(text, i + 1) end
  if c == "[" then return read_list(text, i + 1) end
  if c == '"' then return read_string(text, i + 1) end
  if c == "t" then return true, i + 4 end
  if c == "f" then return false, i + 5 end
  if c == "n" then return null, i + 4 end
  return read_number(text, i)
end

local text = document()
for _ = 1, tonumber(arg[1] or 1) do
  local value, stop = read_value(text, 1)
  assert(stop == #text + 1 and #value.operations == 156)
  assert(value.operations[156][4][3].x == 155.5)
end
print("json 156")
