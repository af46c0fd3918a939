-- Runs much of the interpreter: numbers, strings, tables, closures, coroutines, errors, the collector.
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(22), 7 // 2, -7 // 2, -7 % 3, 7.5 % 2, 2 ^ 0.5, 1 << 40, ~5, 0x7fffffffffffffff + 1)
print(string.format('%q %5.2f %x %g %s', 'a\n"b"', math.pi, 255, 1e300 * 1e10, tostring(0 / 0 ~= 0 / 0)))
local words = {}
for word in ('the quick brown fox jumps over the lazy dog'):gmatch('%a+') do words[#words + 1] = word end
table.sort(words, function(a, b) return a:reverse() < b:reverse() end)
print(table.concat(words, ' '), ('x'):rep(3, '-'), ('hello'):gsub('l', { l = 'L' }))
local producer = coroutine.wrap(function() for i = 1, 5 do coroutine.yield(i * i) end end)
local sum = 0
for square in producer do sum = sum + square end
print(sum, select('#', table.unpack({ 1, nil, 3 }, 1, 3)), select(2, pcall(error, { code = 7 })).code)
print(pcall(function() local t = nil; return t.x end))
local meta = setmetatable({}, { __index = function(_, key) return key .. '!' end, __call = function(_, a) return a + 1 end })
print(meta.hello, meta(41), rawget(meta, 'x'))
local before = collectgarbage('count')
for i = 1, 20000 do local garbage = { i, tostring(i) } end
collectgarbage()
print(collectgarbage('count') < before * 4, os.time({ year = 2020, month = 1, day = 1, hour = 12 }) % 60)
print(string.pack('<i4 z d', 7, 'abc', 1.5):byte(1, -1))
print(utf8.char(8364, 66), utf8.len('a€b'), math.tointeger(3.0), math.type(3.5), load('return 1 + 1')())
