local function make(count)
  local seed, time, events = 7, 0, {}
  for i = 1, count do
    seed = (seed * 1103515245 + 12345) % 2147483648
    local user = seed // 65536 % 997
    seed = (seed * 1103515245 + 12345) % 2147483648
    time = time + seed // 65536 % 20
    seed = (seed * 1103515245 + 12345) % 2147483648
    local draw = seed // 65536
    events[i] = { "user" .. user, time, "query " .. draw % 211, "item" .. draw % 1009, draw % 10 }
  end
  return events
end

local function sessionise(events)
  local open, sessions = {}, {}
  for _, event in ipairs(events) do
    local user, time = event[1], event[2]
    local index = open[user]
    if index == nil or time - sessions[index].last > 1800 then
      index = #sessions + 1
      open[user] = index
      sessions[index] = { user = user, last = time, clicks = {} }
    end
    sessions[index].last = time
    local clicks = sessions[index].clicks
    clicks[#clicks + 1] = { event[3], event[4], event[5] }
  end
  return sessions
end

local function count(sessions)
  local queries, items, positions, longest = {}, {}, {}, 0
  for i = 1, 10 do positions[i] = 0 end
  for _, session in ipairs(sessions) do
    local clicks = session.clicks
    if #clicks > longest then longest = #clicks end
    for _, click in ipairs(clicks) do
      local query, item, position = click[1], click[2], click[3] + 1
      queries[query] = (queries[query] or 0) + 1
      if items[item] then items[item] = items[item] + 1 else items[item] = 1 end
      positions[position] = positions[position] + 1
    end
  end
  local best, query_count, item_count = 0, 0, 0
  for _, n in pairs(queries) do
    query_count = query_count + 1
    if n > best then best = n end
  end
  for _ in pairs(items) do item_count = item_count + 1 end
  return #sessions, longest, query_count, best, item_count, positions[4]
end

local events, n, longest, queries, best, items, third = tonumber(arg[2] or 2000), nil
for _ = 1, tonumber(arg[1] or 1) do
  n, longest, queries, best, items, third = count(sessionise(make(events)))
end
print(table.concat({ "sessions", events, n, longest, queries, best, items, third }, " "))
