import sys


class Item:
    __slots__ = ("id", "price", "name")

    def __init__(self, id, price, name):
        self.id = id
        self.price = price
        self.name = name


def make(size):
    seed = 42
    items = []
    for i in range(size):
        seed = (seed * 1103515245 + 12345) % 2147483648
        items.append(Item(i, seed // 1000 % 1000, f"item {seed % 977}"))
    return items


def sorting(size):
    items = make(size)
    by_price = sorted(items, key=lambda x: x.price)
    by_name = sorted(items, key=lambda x: x.name)
    backwards = sorted(items, key=lambda x: x.price, reverse=True)
    check = 0
    for i in range(size):
        check = (check * 31 + by_price[i].id + 7 * by_name[i].id + 13 * backwards[i].id) % 1000000007
    prices = sorted([x.price for x in items])
    return check + prices[size // 2]


size = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    result = sorting(size)
print(f"sorting {size} {result}")
