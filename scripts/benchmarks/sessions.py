import sys


def make(count):
    seed = 7
    time = 0
    events = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2147483648
        user = seed // 65536 % 997
        seed = (seed * 1103515245 + 12345) % 2147483648
        time += seed // 65536 % 20
        seed = (seed * 1103515245 + 12345) % 2147483648
        draw = seed // 65536
        events.append((f"user{user}", time, f"query {draw % 211}", f"item{draw % 1009}", draw % 10))
    return events


def sessionise(events):
    open = {}
    sessions = []
    for user, time, query, item, position in events:
        index = open.get(user, -1)
        if index < 0 or time - sessions[index]["last"] > 1800:
            index = len(sessions)
            open[user] = index
            sessions.append({"user": user, "last": time, "clicks": []})
        sessions[index]["last"] = time
        sessions[index]["clicks"].append((query, item, position))
    return sessions


def count(sessions):
    queries = {}
    items = {}
    positions = [0] * 10
    longest = 0
    for session in sessions:
        clicks = session["clicks"]
        if len(clicks) > longest:
            longest = len(clicks)
        for query, item, position in clicks:
            queries[query] = queries.get(query, 0) + 1
            if item in items:
                items[item] += 1
            else:
                items[item] = 1
            positions[position] += 1
    best = max(queries.values())
    return len(sessions), longest, len(queries), best, len(items), positions[3]


events = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1):
    n, longest, queries, best, items, third = count(sessionise(make(events)))
print(f"sessions {events} {n} {longest} {queries} {best} {items} {third}")
