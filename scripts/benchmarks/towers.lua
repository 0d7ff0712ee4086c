local function push(towers, disk, pile)
  local top = towers.piles[pile]
  assert(top == nil or disk.size < top.size, "a disk lies on a smaller one")
  disk.next = top
  towers.piles[pile] = disk
end

local function move_top(towers, source, target)
  local disk = towers.piles[source]
  assert(disk ~= nil, "there is no disk to move")
  towers.piles[source] = disk.next
  towers.moves = towers.moves + 1
  push(towers, disk, target)
end

local function move(towers, count, source, target)
  if count == 1 then return move_top(towers, source, target) end
  local other = 6 - source - target
  move(towers, count - 1, source, other)
  move_top(towers, source, target)
  move(towers, count - 1, other, target)
end

local function hanoi()
  local towers = { piles = {}, moves = 0 }
  for size = 13, 0, -1 do push(towers, { size = size }, 1) end
  move(towers, 13, 1, 2)
  return towers.moves
end

for _ = 1, tonumber(arg[1] or 1) do assert(hanoi() == 8191) end
print("towers 8191")
