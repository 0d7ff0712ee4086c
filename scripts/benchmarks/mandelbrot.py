import sys


def mandelbrot(size):
    sum = 0
    byte = 0
    bits = 0
    for y in range(size):
        ci = 2.0 * y / size - 1.0
        for x in range(size):
            cr = 2.0 * x / size - 1.5
            zrr = 0.0
            zii = 0.0
            zi = 0.0
            z = 0
            escape = 0
            while z < 50:
                zr = zrr - zii + cr
                zi = 2.0 * zr * zi + ci
                zrr = zr * zr
                zii = zi * zi
                if zrr + zii > 4.0:
                    escape = 1
                    break
                z += 1
            byte = (byte << 1) + escape
            bits += 1
            if bits == 8 or x == size - 1:
                if bits < 8:
                    byte = byte << (8 - bits)
                sum = sum ^ byte
                byte = 0
                bits = 0
    return sum


assert mandelbrot(1) == 128
published = {500: 191, 750: 50}
size = int(sys.argv[2]) if len(sys.argv) > 2 else 50
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    result = mandelbrot(size)
    assert size not in published or result == published[size]
print(f"mandelbrot {size} {result}")
