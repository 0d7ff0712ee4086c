import sys


def sieve(size):
    flags = [True] * size
    count = 0
    for i in range(2, size + 1):
        if flags[i - 1]:
            count += 1
            k = i + i
            while k <= size:
                flags[k - 1] = False
                k += i
    return count


for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    assert sieve(5000) == 669
print("sieve 669")
