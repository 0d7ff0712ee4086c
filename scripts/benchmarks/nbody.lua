local sqrt = math.sqrt
local DAYS, SOLAR_MASS = 365.24, 4 * math.pi * math.pi

local function body(x, y, z, vx, vy, vz, mass)
  return { x = x, y = y, z = z, vx = vx * DAYS, vy = vy * DAYS, vz = vz * DAYS, mass = mass * SOLAR_MASS }
end

local function bodies()
  local all = {
    body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
    body(
      4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01,
      1.66007664274403694e-03, 7.69901118419740425e-03, -6.90460016972063023e-05, 9.54791938424326609e-04),
    body(
      8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01,
      -2.76742510726862411e-03, 4.99852801234917238e-03, 2.30417297573763929e-05, 2.85885980666130812e-04),
    body(
      1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01,
      2.96460137564761618e-03, 2.37847173959480950e-03, -2.96589568540237556e-05, 4.36624404335156298e-05),
    body(
      1.53796971148509165e+01, -2.59193146099879641e+01, 1.79258772950371181e-01,
      2.68067772490389322e-03, 1.62824170038242295e-03, -9.51592254519715870e-05, 5.15138902046611451e-05),
  }
  local px, py, pz = 0.0, 0.0, 0.0
  for _, b in ipairs(all) do
    px = px + b.vx * b.mass
    py = py + b.vy * b.mass
    pz = pz + b.vz * b.mass
  end
  local sun = all[1]
  sun.vx, sun.vy, sun.vz = -(px / sun.mass), -(py / sun.mass), -(pz / sun.mass)
  return all
end

local function advance(bodies, dt)
  local count = #bodies
  for i = 1, count do
    local a = bodies[i]
    for j = i + 1, count do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      local squared = dx * dx + dy * dy + dz * dz
      local magnitude = dt / (squared * sqrt(squared))
      local other = b.mass * magnitude
      a.vx = a.vx - dx * other
      a.vy = a.vy - dy * other
      a.vz = a.vz - dz * other
      local own = a.mass * magnitude
      b.vx = b.vx + dx * own
      b.vy = b.vy + dy * own
      b.vz = b.vz + dz * own
    end
  end
  for i = 1, count do
    local body = bodies[i]
    body.x = body.x + dt * body.vx
    body.y = body.y + dt * body.vy
    body.z = body.z + dt * body.vz
  end
end

local function energy(bodies)
  local e = 0.0
  for i, a in ipairs(bodies) do
    e = e + 0.5 * a.mass * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, #bodies do
      local b = bodies[j]
      local dx, dy, dz = a.x - b.x, a.y - b.y, a.z - b.z
      e = e - a.mass * b.mass / sqrt(dx * dx + dy * dy + dz * dz)
    end
  end
  return e
end

local function run(steps)
  local system = bodies()
  for _ = 1, steps do advance(system, 0.01) end
  return energy(system)
end

assert(run(1) == -0.16907495402506745)
local steps, result = tonumber(arg[2] or 1000), nil
for _ = 1, tonumber(arg[1] or 1) do
  result = run(steps)
  assert(steps ~= 250000 or result == -0.1690859889909308)
end
print(string.format("nbody %d %.16f", steps, result))
