local function filled(value, size)
  local list = {}
  for i = 1, size do list[i] = value end
  return list
end

local function place(board, column)
  local rows, rising, falling = board.free_rows, board.free_rising, board.free_falling
  for row = 1, 8 do
    if rows[row] and rising[column + row] and falling[column - row + 8] then
      board.queens[row] = column
      rows[row], rising[column + row], falling[column - row + 8] = false, false, false
      if column == 8 then return true end
      if place(board, column + 1) then return true end
      rows[row], rising[column + row], falling[column - row + 8] = true, true, true
    end
  end
  return false
end

local function queens()
  local solved = true
  for _ = 1, 10 do
    local board = {
      free_rows = filled(true, 8), free_rising = filled(true, 16), free_falling = filled(true, 16), queens = filled(-1, 8),
    }
    solved = solved and place(board, 1)
  end
  return solved
end

for _ = 1, tonumber(arg[1] or 1) do assert(queens()) end
print("queens true")
