#!/usr/bin/env python3
"""Makes x12-edi/data from tab-separated tables of the standard.

    scripts/convert-x12-tables.py TABLES [x12-edi/data]

A one-off: the files it writes are in the repository, and nothing that is built, run or tested reads TABLES.
TABLES has one folder a release (003040, 004010, 005010) with

    elements.tsv          element, type, min, max
    composites.tsv        composite, number, element, requirement
    composite_syntax.tsv  composite, syntax_notes
    segments.tsv          segment, syntax_notes
    segment_elements.tsv  segment, number, element, requirement, type, repeat
    codes.tsv             element, code
    transaction_sets.tsv  set, functional_group, file
    transaction_sets/*.tsv  (set,) area, segment, requirement, max_use, loop, loop_repeat, loop_requirement, loop_start

and a folder control with segments.tsv (since_isa12, until_isa12 beside the columns above) and codes.tsv.
Names and meanings are not read: the data has ids, structure, types, lengths, notes and code values only.

What is put right on the way, each of it printed:
- a least length of 0 becomes 1: an empty element is absent;
- unknown lengths are taken from the neighbouring release, else the length has no upper limit;
- element 785 (binary data) is of type B and has no upper limit: the element before it says how long it is;
- a syntax note that names a place which the segment does not have is left out;
- a code that is not as long as its element allows is left out;
- three notes of segments with composites count components as elements; see NOTES_MENDED;
- requirement X is not stored: it follows from the syntax notes.
"""

import os
import sys

RELEASES = ["003040", "004010", "005010"]
DEFAULT_SETS = ["810", "820", "824", "850", "855", "856", "860", "861", "865", "997", "999"]

# RCD has P060708 P091011 P121314 before and two more groups of the same three elements after them.
# What the note of LOC should be is not known.
NOTES_MENDED = {
    ("RCD", "P15160301"): "P151617",
    ("RCD", "P0305030303"): "P181920",
    ("LOC", "P101707"): None,
}


def rows(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        head = file.readline().rstrip("\n").split("\t")
        return [dict(zip(head, line.rstrip("\n").split("\t"))) for line in file]


def grouped(table, key):
    groups = {}
    for row in table:
        groups.setdefault(row[key], []).append(row)
    return groups


def save(folder, name, head, lines):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="ascii", newline="\n") as file:
        file.writelines(f"# {line}\n" for line in head)
        file.writelines(f"{line}\n" for line in lines)


def by_bytes(key):
    return key.encode()


def notes_within(owner, notes, places, release):
    kept = []
    for note in [] if notes == "-" else notes.split():
        if (owner, note) in NOTES_MENDED:
            mended = NOTES_MENDED[(owner, note)]
            print(f"{release} {owner}: note {note} is {mended or 'left out'}")
            if not mended:
                continue
            note = mended
        if all(1 <= int(note[at : at + 2]) <= places for at in range(1, len(note), 2)):
            kept.append(note)
        else:
            print(f"{release} {owner}: note {note} left out, there are {places} places")
    return kept


def with_notes(fields, notes):
    return " ".join(fields) + (" | " + " ".join(notes) if notes else "")


def times(number):
    return "" if number == "1" else "*" if number == ">1" else f"*{number}"


def flag(requirement):
    return "!" if requirement == "M" else ""


def lengths(element, row, neighbours, release):
    least, most, kind = row["min"], row["max"], row["type"]
    if element == "785":
        return "B", "1", "-"
    if kind == "N?":
        kind = "N"
    if least == "-" or most == "-":
        for near in neighbours:
            other = near.get(element)
            if other and other["min"] != "-":
                print(f"{release} element {element}: lengths of a neighbouring release")
                least, most = other["min"], other["max"]
                break
        else:
            print(f"{release} element {element}: lengths unknown")
    if least in ("0", "-"):
        least = "1"
    return kind, least, most


def write_elements(tables, folder, release, elements):
    near = sorted((r for r in RELEASES if r != release), key=lambda r: abs(int(r) - int(release)))
    lines = {}
    for number, row in elements[release].items():
        lines[number] = lengths(number, row, [elements[r] for r in near], release)
    save(
        folder,
        "elements.txt",
        ["element type least-length greatest-length; `-`: no limit known"],
        [f"{n} {k} {a} {b}" for n, (k, a, b) in sorted(lines.items(), key=lambda e: by_bytes(e[0]))],
    )
    return lines


def write_segments(tables, folder, release):
    notes = {row["segment"]: row["syntax_notes"] for row in rows(tables, release, "segments.tsv")}
    lines = []
    for segment, places in grouped(rows(tables, release, "segment_elements.tsv"), "segment").items():
        fields = [segment] + [p["element"] + flag(p["requirement"]) + times(p["repeat"]) for p in places]
        lines.append(with_notes(fields, notes_within(segment, notes[segment], len(places), release)))
    save(
        folder,
        "segments.txt",
        ["segment elements | syntax notes; `!`: mandatory, `*n`: repeats up to n times"],
        sorted(lines, key=lambda line: by_bytes(line.split()[0])),
    )


def write_composites(tables, folder, release):
    notes = {r["composite"]: r["syntax_notes"] for r in rows(tables, release, "composite_syntax.tsv")}
    lines = []
    for composite, parts in grouped(rows(tables, release, "composites.tsv"), "composite").items():
        fields = [composite] + [part["element"] + flag(part["requirement"]) for part in parts]
        kept = notes_within(composite, notes.get(composite, "-"), len(parts), release)
        lines.append(with_notes(fields, kept))
    save(
        folder,
        "composites.txt",
        ["composite components | syntax notes; `!`: mandatory"],
        sorted(lines, key=lambda line: by_bytes(line.split()[0])),
    )


def write_codes(table, path, lengths_of, release):
    lines = []
    for element, codes in grouped(table, "element").items():
        least, most = lengths_of(element)
        kept = set()
        for row in codes:
            if least <= len(row["code"]) <= most:
                kept.add(row["code"])
            else:
                print(f"{release} element {element}: code {row['code']} left out")
        lines.append(" ".join([element] + sorted(kept, key=by_bytes)))
    save(*path, ["element codes"], sorted(lines, key=lambda line: by_bytes(line.split()[0])))


def set_lines(code, functional_id, places):
    """One header line, then indented lines: a new one for each area, each loop and what follows a loop."""
    out, line, depth, area, path = [f"{code} {functional_id}"], [], 0, None, []

    def flush(indent):
        nonlocal line
        if line:
            out.append(" " * (indent + 1) + " ".join(line))
            line = []

    for place in places:
        loop = [] if place["loop"] == "-" else place["loop"].split("/")
        starts = place["loop_start"] == "start"
        keep = len(loop) - 1 if starts else len(loop)
        if len(path) > keep:
            line[-1] += ")" * (len(path) - keep)
            flush(depth)
            path = path[:keep]
        if path != loop[:keep]:
            raise ValueError(f"{code}: loop {loop} after {path}")
        if place["area"] != area:
            flush(depth)
            area, depth = place["area"], len(path)
            line.append(f"{area}:")
        if starts:
            if line and not line[-1].endswith(":"):
                flush(depth)
            if place["requirement"] != "M" or place["max_use"] != "1":
                raise ValueError(f"{code}: the first segment of loop {loop} is not mandatory")
            path = loop
            line.append("(" + place["segment"] + flag(place["loop_requirement"]) + times(place["loop_repeat"]))
        else:
            line.append(place["segment"] + flag(place["requirement"]) + times(place["max_use"]))
        if not out[-1].strip() or len(line) == 1:
            depth = max(len(path) - 1, 0) if starts else len(path)
    if path:
        line[-1] += ")" * len(path)
    flush(depth)
    return out


def write_sets(tables, folder, release):
    places = grouped(rows(tables, release, "transaction_sets", "other_sets.tsv"), "set")
    common, rest = [], []
    for row in rows(tables, release, "transaction_sets.tsv"):
        code = row["set"]
        if row["file"] != "other_sets.tsv":
            places[code] = rows(tables, release, "transaction_sets", row["file"])
        lines = set_lines(code, row["functional_group"], places[code])
        (common if code in DEFAULT_SETS else rest).append((code, lines))
    head = [
        "set functional-id, then its places on indented lines. `H:` `D:` `S:` `-:`: area from here on;",
        "`!`: mandatory, `*n`: up to n times, `*`: without limit; `(X … )`: a loop that segment X starts,",
        "`!` and `*` on X are those of the loop.",
    ]
    head = [line.replace("…", "..") for line in head]
    for name, sets in (("sets.txt", common), ("other_sets.txt", rest)):
        save(folder, name, head, [line for _, lines in sorted(sets) for line in lines])


def write_control(tables, data):
    folder = os.path.join(data, "control")
    table = rows(tables, "control", "segments.tsv")
    elements, lines = {}, {}
    for row in table:
        elements[row["element"]] = (row["type"], row["min"], row["max"])
        until = row["until_isa12"] if row["until_isa12"] != "-" else "99999"
        lines.setdefault(row["segment"], []).append((row, until))
    out = []
    for segment, all_rows in lines.items():
        starts = {row["since_isa12"] for row, _ in all_rows} | {
            f"{int(until) + 1:05}" for _, until in all_rows if until != "99999"
        }
        for since in sorted(starts):
            fields = [
                row["element"] + flag(row["requirement"])
                for row, until in all_rows
                if row["since_isa12"] <= since <= until
            ]
            out.append(" ".join([segment, since] + fields))
    save(
        folder,
        "segments.txt",
        ["segment since-ISA12 elements: the last line that is not later than ISA12 counts; `!`: mandatory"],
        sorted(out, key=by_bytes),
    )
    save(
        folder,
        "elements.txt",
        ["element type least-length greatest-length; the elements of a release come first"],
        [f"{n} {' '.join(v)}" for n, v in sorted(elements.items(), key=lambda e: by_bytes(e[0]))],
    )
    write_codes(
        rows(tables, "control", "codes.tsv"),
        (folder, "codes.txt"),
        lambda n: tuple(map(int, elements[n][1:])),
        "control",
    )


def main():
    tables = sys.argv[1]
    data = sys.argv[2] if len(sys.argv) > 2 else "x12-edi/data"
    elements = {
        r: {row["element"]: row for row in rows(tables, r, "elements.tsv")} for r in RELEASES
    }
    for release in RELEASES:
        folder = os.path.join(data, release)
        known = write_elements(tables, folder, release, elements)
        write_segments(tables, folder, release)
        write_composites(tables, folder, release)

        def lengths_of(number):
            _, least, most = known[number]
            return int(least), 99 if most == "-" else int(most)

        write_codes(rows(tables, release, "codes.tsv"), (folder, "codes.txt"), lengths_of, release)
        write_sets(tables, folder, release)
    write_control(tables, data)


if __name__ == "__main__":
    main()
