local abs = math.abs

local function bounce(ball)
  ball.x = ball.x + ball.dx
  ball.y = ball.y + ball.dy
  local hit = false
  if ball.x > 500 then ball.x, ball.dx, hit = 500, -abs(ball.dx), true end
  if ball.x < 0 then ball.x, ball.dx, hit = 0, abs(ball.dx), true end
  if ball.y > 500 then ball.y, ball.dy, hit = 500, -abs(ball.dy), true end
  if ball.y < 0 then ball.y, ball.dy, hit = 0, abs(ball.dy), true end
  return hit
end

local function bounces()
  local seed, balls, count = 74755, {}, 0
  local function next()
    seed = (seed * 1309 + 13849) % 65536
    return seed
  end
  for i = 1, 100 do
    local x, y = next() % 500, next() % 500
    balls[i] = { x = x, y = y, dx = next() % 300 - 150, dy = next() % 300 - 150 }
  end
  for _ = 1, 50 do
    for i = 1, 100 do
      if bounce(balls[i]) then count = count + 1 end
    end
  end
  return count
end

for _ = 1, tonumber(arg[1] or 1) do assert(bounces() == 1331) end
print("bounce 1331")
