import { auditEvents, type AuditEventsOptions, type AuditFinding, readEvents } from "clientele/events";
import { codesOf, type EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sortedLog } from "../../src/tables/event-log.ts";
import { anyName, goodRow, rawReaders } from "../support/arbitraries.ts";
import { hostileNames } from "../support/hostile.ts";
import { bitsOf, oddNumbers } from "../support/inspect.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const hour = 3_600_000;
const start = Date.UTC(2024, 2, 4); // a Monday
const asOf = start + 60 * day;

function found(
  log: EventLog,
  check: AuditFinding["check"],
  options: Partial<AuditEventsOptions> = {},
): AuditFinding | undefined {
  const findings = auditEvents(log, { asOf, ...options }).findings.filter((finding) => finding.check === check);
  expect(findings.length).toBeLessThan(2);
  return findings[0];
}

/** One view a day, so that there are no gaps. */
const daily = (days: number): Happening[] =>
  Array.from({ length: days }, (_, d) => [`c${d % 5}`, "view", start + d * day, NaN, `o${d}`]);

describe("auditEvents", () => {
  it("says how much there is, by column and by type", () => {
    const log = sortedLog({
      customer: codesOf(["b", "a", "a"]),
      type: codesOf(["buy", "view", "buy"]),
      time: Float64Array.of(start, start, start + 5),
      value: Float64Array.of(-2, NaN, 6),
      extra: { page: codesOf(["/", null, ""]), size: Float64Array.of(0, Infinity, 4) },
    });
    const { totals } = auditEvents(log, { asOf });
    expect(totals).toMatchObject({ events: 3, customers: 2, eventTypes: 2, first: start, last: start + 5 });
    expect(totals.types).toEqual([
      { type: "buy", count: 2, withValue: 2 },
      { type: "view", count: 1, withValue: 0 },
    ]);
    const none = { min: null, max: null, quartiles: null, negative: 0, zero: 0, infinite: 0 };
    expect(totals.columns).toEqual([
      { column: "customer", kind: "text", missing: 0, distinct: 2, ...none },
      { column: "type", kind: "text", missing: 0, distinct: 2, ...none },
      expect.objectContaining({ column: "time", min: start, max: start + 5, distinct: 2 }),
      { column: "value", kind: "number", missing: 1, distinct: 2, min: -2, max: 6, quartiles: [0, 2, 4], negative: 1, zero: 0, infinite: 0 }, // prettier-ignore
      { column: "page", kind: "text", missing: 2, distinct: 1, ...none },
      { column: "size", kind: "number", missing: 0, distinct: 3, min: 0, max: 4, quartiles: [1, 2, 3], negative: 0, zero: 1, infinite: 1 }, // prettier-ignore
    ]);
  });

  it("finds nothing in a log that is in order, and says what it could not look at", () => {
    const report = auditEvents(logOf(daily(30).map(([c, t, at, , order]) => [c, t, at, 5, order ?? null])), { asOf });
    expect(report).toMatchObject({ worst: "none", findings: [], skipped: ["clock-skew", "orphan-id"], notes: [] });
  });

  it("finds events after asOf and long before it; one at either end is fine", () => {
    const log = logOf([...daily(20), ["a", "view", asOf], ["a", "view", asOf + 1], ["a", "view", 0]]);
    expect(found(log, "future-time")).toMatchObject({ severity: "error", count: 1, share: 1 / 23, examples: [22] });
    expect(found(log, "far-past-time")).toMatchObject({ severity: "error", count: 1, examples: [20] });
    expect(found(log, "far-past-time", { earliest: 0 })).toBeUndefined();
    expect(found(log, "far-past-time", { earliest: start + day })).toMatchObject({ count: 2 });
    expect(found(logOf([["a", "view", asOf - 3653 * day]]), "far-past-time")).toBeUndefined();
    expect(found(logOf([["a", "view", asOf - 3653 * day - 1]]), "far-past-time")).toBeDefined();
  });

  describe("compares clocks with the time of receipt", () => {
    const skews = (offsets: readonly number[]): EventLog =>
      sortedLog({
        customer: codesOf(offsets.map(() => "a")),
        type: codesOf(offsets.map(() => "view")),
        time: Float64Array.from(offsets, (_, i) => start + i * hour),
        extra: { received: Float64Array.from(offsets, (offset, i) => start + i * hour - offset) },
      });
    const options = { receivedTime: "received" };

    it("and counts those that run ahead and those that lag, beyond the tolerance", () => {
      const log = skews([0, 300_000, 300_001, -300_000, -300_001, -1e6, NaN]);
      expect(found(log, "clock-skew", options)).toMatchObject({ count: 3, ahead: 1, behind: 2, examples: [2, 4, 5] });
      expect(found(log, "clock-skew", { ...options, maxSkewMinutes: 0 })).toMatchObject({ count: 5 });
    });

    it("and knows a time zone by its whole half hours", () => {
      const { notes } = auditEvents(skews([hour + 900, hour - 5000, 19_800_000, 400_000]), { asOf, ...options });
      expect(notes.map(({ code }) => code)).toEqual(["skew-looks-like-time-zone"]);
      expect(auditEvents(skews([400_000, 500_000]), { asOf, ...options }).notes).toEqual([]);
    });
  });

  describe("finds days without events", () => {
    const on = (days: readonly number[], zoneHour = 12): EventLog =>
      logOf(days.map((d) => ["a", "view", start + d * day + zoneHour * hour]));

    it("as a share of the days from the first to the last, with the events after the gaps", () => {
      expect(found(on([0, 1, 4, 5, 7]), "gap")).toEqual({
        check: "gap",
        severity: "warning",
        count: 3,
        share: 3 / 8,
        examples: [2, 4],
        message: expect.any(String) as string,
        gaps: [
          { from: "2024-03-06", days: 2 },
          { from: "2024-03-10", days: 1 },
        ],
        closedWeekdays: [],
      });
      expect(found(on([3]), "gap")).toBeUndefined();
      expect(found(logOf([]), "gap")).toBeUndefined();
    });

    it("by the calendar of a time zone", () => {
      // 23:30 UTC on the first day is half past midnight of the second one in Berlin.
      const log = logOf([
        ["a", "view", start + 23.5 * hour],
        ["a", "view", start + 2 * day + hour],
      ]);
      expect(found(log, "gap")).toMatchObject({ count: 1 });
      expect(found(log, "gap", { timeZone: "Europe/Berlin" })).toBeUndefined();
    });

    it("and tells closed weekdays from days that are missing", () => {
      const weeks = Array.from({ length: 42 }, (_, d) => d);
      const weekends = weeks.filter((d) => d % 7 !== 5 && d % 7 !== 6);
      expect(found(on(weekends), "gap")).toMatchObject({
        severity: "info",
        count: 10,
        gaps: [],
        closedWeekdays: [6, 7],
      });
      const strike = weekends.filter((d) => d < 9 || d > 24);
      expect(found(on(strike), "gap")).toMatchObject({
        severity: "warning",
        count: 22,
        gaps: [{ from: "2024-03-13", days: 12 }],
        closedWeekdays: [6, 7],
      });
      expect(found(on(weekends.filter((d) => d < 26)), "gap")).toMatchObject({
        severity: "warning",
        closedWeekdays: [],
      });
      expect(found(on([0, 7, 14, 21, 28, 35]), "gap")).toMatchObject({ count: 30, closedWeekdays: [] });
    });

    it("and is not misled by an event of 1970 or of the far future", () => {
      const log = logOf([...daily(10), ["a", "view", 0], ["a", "view", 4e12]]);
      expect(found(log, "gap")).toBeUndefined();
    });
  });

  describe("finds repetition", () => {
    const rows = [
      { who: "a", what: "buy", at: start, worth: 5, key: "1" },
      { who: "a", what: "buy", at: start, worth: 5, key: "1" }, // duplicate
      { who: "a", what: "buy", at: start, worth: 6, key: "1" }, // duplicate, in conflict
      { who: "a", what: "buy", at: start, worth: 5, key: "2" }, // the same under another id
      { who: "b", what: "buy", at: start, worth: 5, key: "2" }, // duplicate, in conflict
      { who: "b", what: "view", at: start, key: null },
      { who: "b", what: "view", at: start, key: null }, // duplicate by content
      { who: "c", what: "view", at: start, key: null },
    ];
    const readers = { customer: "who", type: "what", time: "at", value: "worth" };

    it("by id where there is one, by content where there is none", () => {
      const { log } = readEvents(rows, { ...readers, id: "key" });
      expect(found(log, "duplicate")).toMatchObject({ severity: "warning", count: 4 });
      expect(found(log, "id-conflict")).toMatchObject({ severity: "error", count: 2 });
      expect(found(log, "repeated-content")).toMatchObject({ severity: "info", count: 1 });
    });

    it("by another column of ids, when that is named, and of numbers too", () => {
      const keyed = rows.map((row) => ({ ...row, key: row.key === null ? null : Number(row.key) }));
      const { log } = readEvents(keyed, { ...readers, extra: { number: "key" } });
      expect(found(log, "duplicate", { id: "number" })).toMatchObject({ count: 4 });
      expect(found(log, "id-conflict", { id: "number" })).toMatchObject({ count: 2 });
      expect(found(log, "id-conflict")).toBeUndefined();
    });

    it("and takes lines of one order that differ in any column for different", () => {
      const lines = logOf([["a", "buy", start, 5, "1"], ["a", "buy", start, 5, "2"], ["a", "buy", start, 5, null]]); // prettier-ignore
      expect(found(lines, "duplicate")).toBeUndefined();
    });
  });

  it("does not take the running number of a delivery for a difference", () => {
    const rows = [1, 2].map((n) => ({ who: "a", what: "view", at: start, n }));
    const readers = { customer: "who", type: "what", time: "at" };
    expect(found(readEvents(rows, { ...readers, sequence: "n" }).log, "duplicate")).toMatchObject({ count: 1 });
    expect(found(readEvents(rows, { ...readers, extra: { n: "n" } }).log, "duplicate")).toBeUndefined();
  });

  it("finds ids that none of the sources of a column knows; missing ids are not asked about", () => {
    const log = logOf([["a", "buy", start, 1, "o1"], ["b", "buy", start, 1, "o2"], ["b", "view", start], ["c", "buy", start, 1, ""]]); // prettier-ignore
    const crm = { name: "crm", ids: ["a", "x"] };
    expect(found(log, "orphan-id", { sources: [crm] })).toMatchObject({
      column: "customer",
      count: 3,
      ids: 2,
      examples: [1, 2, 3],
    });
    expect(found(log, "orphan-id", { sources: [crm, { name: "shop", ids: log.customer }] })).toBeUndefined();
    const orders = { name: "billing", column: "order", ids: codesOf(["o2", null]) };
    const { findings, skipped } = auditEvents(log, { asOf, sources: [crm, orders] });
    const orphans = findings.filter(({ check }) => check === "orphan-id");
    expect(orphans.map(({ column, count }) => [column, count])).toEqual([["customer", 3], ["order", 1]]); // prettier-ignore
    expect(skipped).toEqual(["clock-skew"]);
    expect(auditEvents(log, { asOf, sources: [{ name: "no list" }] }).skipped).toContain("orphan-id");
    expect(found(log, "orphan-id", { sources: [{ name: "empty", ids: [] }] })).toMatchObject({ count: 4 });
  });

  it("finds customers whose id stands for nobody", () => {
    const log = logOf(["ann", "null", " NULL ", "undefined", "0", "10", "Unknown"].map((c) => [c, "view", start]));
    expect(found(log, "placeholder-id")).toMatchObject({ count: 5, ids: 5, column: "customer" });
  });

  it("finds event types that look like a more frequent one, and counts their events", () => {
    const log = logOf([
      ...daily(30),
      ["a", "veiw", start],
      ["a", "View", start + 1],
      ["b", "View", start + 2],
      ["b", "buy", start],
    ]);
    expect(found(log, "near-name")).toMatchObject({
      severity: "warning",
      count: 3,
      share: 3 / 34,
      examples: [30, 31, 33],
      names: [
        { type: "View", count: 2, near: "view", nearCount: 30 },
        { type: "veiw", count: 1, near: "view", nearCount: 30 },
      ],
    });
  });

  it("finds bots by the busiest minute; all their events count", () => {
    const burst = Array.from({ length: 31 }, (_, i): Happening => ["bot", "view", start + i * 1900]);
    const log = logOf([...burst, ["bot", "view", start + day], ...daily(18)]);
    expect(found(log, "bot")).toMatchObject({ count: 32, share: 32 / 50, ids: 1, examples: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }); // prettier-ignore
    expect(found(log, "bot", { maxEventsPerMinute: 31 })).toBeUndefined();
  });

  describe("looks at cells", () => {
    const values = (list: readonly number[], type = "buy"): EventLog =>
      logOf(list.map((value, i) => ["a", type, start + i, value, null]));
    const check = (log: EventLog, wanted: string, options = {}): AuditFinding[] =>
      auditEvents(log, { asOf, ...options }).findings.filter((finding) => finding.check === wanted);

    it("and finds missing ones; a value that a type sometimes has is a warning, a column without any too", () => {
      const [value, order] = check(values([1, NaN, 3]), "missing-value");
      expect(order).toMatchObject({ column: "order", severity: "warning", count: 3 });
      expect(value).toMatchObject({ column: "value", severity: "warning", count: 1, examples: [1] });
      const mixed = logOf([
        ["a", "buy", start, 5, "1"],
        ["a", "view", start],
      ]);
      expect(check(mixed, "missing-value").map(({ severity }) => severity)).toEqual(["info", "info"]);
    });

    it("and finds values below zero, infinite ones and those out of range", () => {
      const log = values([-1, -0, 0, 5, Infinity, -Infinity, NaN]);
      expect(check(log, "negative-value")).toMatchObject([{ count: 1, severity: "info", column: "value" }]);
      expect(check(log, "infinite-value")).toMatchObject([{ count: 2, severity: "error", examples: [4, 5] }]);
      expect(check(log, "out-of-range")).toEqual([]);
      expect(check(log, "out-of-range", { ranges: { value: { min: 0 } } })).toMatchObject([{ count: 2 }]);
      expect(check(log, "out-of-range", { ranges: { value: { min: -1, max: 4 } } })).toMatchObject([{ count: 3 }]);
    });

    it("and finds numbers far outside the quartiles, none where half of all are the same", () => {
      // Quartiles 3, 5, 7: the fences are 3 − 12 and 7 + 12.
      const log = values([1, 2, 3, 4, 5, 6, 7, 19, 19.1]);
      expect(auditEvents(log, { asOf }).totals.columns[3].quartiles).toEqual([3, 5, 7]);
      expect(check(log, "outlier")).toMatchObject([{ count: 1, examples: [8] }]);
      expect(check(values([5, 5, 5, 5, 900]), "outlier")).toEqual([]);
    });
  });

  it("orders findings by severity, and calls the worst by its name", () => {
    const log = logOf([["a", "buy", start, -1, "1"], ["a", "buy", start, -1, "1"], ["a", "buy", asOf + 1, 2, "1"]]); // prettier-ignore
    const { findings, worst } = auditEvents(log, { asOf });
    expect(findings.map(({ check, severity }) => [check, severity])).toEqual([
      ["future-time", "error"],
      ["duplicate", "warning"],
      ["negative-value", "info"],
    ]);
    expect(worst).toBe("error");
  });

  it("shows at most as many positions as asked for", () => {
    const log = logOf(Array.from({ length: 30 }, (_, i) => ["a", "view", asOf + 1 + i]));
    expect(found(log, "future-time")?.examples).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(found(log, "future-time", { examples: 2 })?.examples).toEqual([0, 1]);
    expect(found(log, "future-time", { examples: 0 })).toMatchObject({ count: 30, examples: [] });
  });

  it("has nothing to find in an empty log, and says so", () => {
    const report = auditEvents(logOf([]), { asOf, sources: [{ name: "a", ids: [] }] });
    expect(report).toMatchObject({ worst: "none", findings: [], totals: { events: 0, first: null, last: null } });
    expect(report.notes.map(({ code }) => code)).toEqual(["no-events"]);
    expect(oddNumbers(report)).toEqual([]);
  });

  it("refuses columns that are not there, ranges upside down and an audit before anything can be", () => {
    const log = logOf(daily(3));
    const bad = (options: object, path: string): void =>
      expectRefusal(() => auditEvents(log, { asOf, ...options }), "invalid-option", path);
    bad({ receivedTime: "gone" }, "options.receivedTime");
    bad({ receivedTime: "order" }, "options.receivedTime");
    bad({ id: "gone" }, "options.id");
    bad({ ranges: { order: { min: 1 } } }, "options.ranges.order");
    bad({ ranges: { value: { min: NaN } } }, "options.ranges");
    bad({ sources: [{ name: "a", column: "gone", ids: [] }] }, "options.sources[0].column");
    bad({ earliest: asOf + 1 }, "options.earliest");
    for (const wrong of [null, {}, [], { ...log, length: 1 }]) {
      expectRefusal(() => auditEvents(wrong as EventLog, { asOf }), "shape-mismatch");
    }
    const short = { ...log, extra: { order: new Float64Array(1) } };
    expectRefusal(() => auditEvents(short, { asOf }), "shape-mismatch", "log.extra.order");
  });

  it("never throws on rows, quotes nothing in messages and notes, and names no customer, id or text at all", () => {
    const secret = "secret-of-ann@example.org";
    const rows = fc.array(goodRow, { maxLength: 20 });
    fc.assert(
      fc.property(rows, (list) => {
        const dirty = [...list, ...list, { ...goodRowOf(secret), what: secret }, goodRowOf(secret)];
        const { log } = readEvents(dirty, rawReaders);
        const report = auditEvents(log, { asOf, sources: [{ name: "crm", ids: ["a"] }], receivedTime: undefined });
        expect(oddNumbers(report)).toEqual([]);
        expect(bitsOf(structuredClone(report))).toBe(bitsOf(report));
        expect(JSON.parse(JSON.stringify(report))).toEqual(report);
        const said = [...report.findings, ...report.notes].map(({ message }) => message).join();
        expect(said).not.toContain(secret);
        const withoutTypes = JSON.stringify({ ...report, totals: { ...report.totals, types: [] } });
        expect(withoutTypes.split(secret)).toHaveLength(1);
      }),
      { numRuns: 100 },
    );
  });

  it("takes hostile names for what they are", () => {
    const log = logOf(hostileNames.filter((n) => n !== "").map((name, i) => [name, name, start + i, 1, name]));
    expect(auditEvents(log, { asOf, examples: 0 }).totals).toMatchObject({ events: hostileNames.length - 1 });
  });
});

function goodRowOf(text: string): Record<string, unknown> {
  return { who: text, what: "view", at: start, worth: 1, page: text, size: null };
}

describe("the counts of auditEvents are those of brute force", () => {
  interface Row {
    readonly who: string;
    readonly what: string;
    readonly at: number;
    readonly worth: number | null;
    readonly key: string | null;
    readonly page: string | null;
    readonly got: number | null;
  }
  const minute = 60_000;
  const anyRow: fc.Arbitrary<Row> = fc.record({
    who: fc.constantFrom("a", "b", "null"),
    what: fc.constantFrom("view", "buy"),
    at: fc.oneof(
      fc.integer({ min: 0, max: 6 }).map((i) => start + i * 20_000),
      fc.integer({ min: -2, max: 20 }).map((i) => start + i * 13 * hour),
    ),
    worth: fc.constantFrom(null, -1, 0, 5),
    key: fc.constantFrom(null, null, "1", "2"),
    page: fc.constantFrom(null, "", "/"),
    got: fc.constantFrom(null, start, start + 3 * minute),
  });
  const last = start + 9 * day;
  const options: AuditEventsOptions = {
    asOf: last,
    earliest: start,
    receivedTime: "got",
    maxSkewMinutes: 2,
    maxEventsPerMinute: 2,
    sources: [{ name: "crm", ids: ["a"] }],
    ranges: { value: { min: 0, max: 4 } },
    timeZone: "America/New_York",
    examples: 1000,
  };
  const zone = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" });

  /** Which rows of the log each check must find, pair by pair. */
  function brute(rows: readonly Row[]): Record<string, number[]> {
    const where = (has: (row: Row, i: number) => boolean): number[] => [...rows.keys()].filter((i) => has(rows[i], i));
    const content = (row: Row): string => JSON.stringify({ ...row, key: null });
    const earlier = (i: number, same: (row: Row) => boolean): boolean => rows.slice(0, i).some(same);
    const knownId = ({ key }: Row, i: number): boolean => key !== null && earlier(i, (row) => row.key === key);
    const known = (row: Row, i: number): boolean => earlier(i, (other) => content(other) === content(row));
    const isBot = (who: string): boolean =>
      rows.some(
        (from) =>
          rows.filter((row) => row.who === who && from.who === who && row.at >= from.at && row.at < from.at + minute)
            .length > 2,
      );
    return {
      "future-time": where(({ at }) => at > last),
      "far-past-time": where(({ at }) => at < start),
      "clock-skew": where(({ at, got }) => got !== null && Math.abs(at - got) > 2 * minute),
      duplicate: where((row, i) => knownId(row, i) || (row.key === null && known(row, i))),
      "id-conflict": where(
        (row, i) => knownId(row, i) && content(rows.find(({ key }) => key === row.key)!) !== content(row),
      ),
      "repeated-content": where((row, i) => row.key !== null && !knownId(row, i) && known(row, i)),
      "orphan-id": where(({ who }) => who !== "a"),
      "placeholder-id": where(({ who }) => who === "null"),
      bot: where(({ who }) => isBot(who)),
      "out-of-range": where(({ worth }) => worth !== null && (worth < 0 || worth > 4)),
      "negative-value": where(({ worth }) => worth !== null && worth < 0),
      "missing-value value": where(({ worth }) => worth === null),
      "missing-value page": where(({ page }) => page === null || page === ""),
      "missing-value id": where(({ key }) => key === null),
      "missing-value got": where(({ got }) => got === null),
    };
  }

  it("on random small logs", () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 25 }), (input) => {
        const readers = { customer: "who", type: "what", time: "at", value: "worth", id: "key" };
        // A last row makes sure that a column of numbers is one.
        const { log } = readEvents(
          [...input, { who: "z", what: "view", at: start, worth: 1, key: null, page: "/", got: start }],
          { ...readers, extra: { page: "page", got: "got" } },
        );
        const name = (column: { names: readonly string[]; codes: Uint32Array }, row: number): string | null =>
          column.names[column.codes[row]] ?? null;
        const number = (value: number): number | null => (Number.isNaN(value) ? null : value);
        const extra = log.extra as Record<string, { names: string[]; codes: Uint32Array }>;
        const rows = Array.from({ length: log.length }, (_, row) => ({
          who: name(log.customer, row)!,
          what: name(log.type, row)!,
          at: log.time[row],
          worth: number(log.value[row]),
          key: name(extra["id"], row),
          page: name(extra["page"], row),
          got: number((log.extra["got"] as Float64Array)[row]),
        }));
        const { findings } = auditEvents(log, options);
        for (const [key, wanted] of Object.entries(brute(rows))) {
          const [check, column] = key.split(" ");
          const finding = findings.find((one) => one.check === check && (column ?? one.column) === one.column);
          expect([key, finding?.examples ?? []]).toEqual([key, wanted]);
          expect(finding?.count ?? 0).toBe(wanted.length);
          expect(finding?.share ?? 0).toBe(wanted.length / log.length);
        }
        const days = rows
          .filter(({ at }) => at >= start && at <= last)
          .map(({ at }) => Date.parse(`${zone.format(at)}T00:00:00Z`) / day);
        const span = Math.max(...days) - Math.min(...days) + 1;
        const gap = findings.find(({ check }) => check === "gap");
        expect(gap?.count ?? 0).toBe(span - new Set(days).size);
        expect((gap?.gaps ?? []).reduce((sum, run) => sum + run.days, 0)).toBe(gap?.count ?? 0);
      }),
      { numRuns: 300 },
    );
  });

  it("whatever the names are", () => {
    const row = fc.record({ who: anyName.filter((name) => name !== ""), what: anyName, at: fc.constant(start) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (input) => {
        const { log } = readEvents(input, { customer: "who", type: "what", time: "at" });
        const { totals, findings } = auditEvents(log, { asOf });
        const distinct = new Set(input.map(({ who, what }) => JSON.stringify([who, what]))).size;
        expect(findings.find(({ check }) => check === "duplicate")?.count ?? 0).toBe(input.length - distinct);
        expect(totals.eventTypes).toBe(new Set(input.map(({ what }) => what)).size);
      }),
    );
  });
});
