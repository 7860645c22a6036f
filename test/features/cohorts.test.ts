import { type CohortReport, deriveCohorts, type DeriveCohortsOptions } from "clientele/features";
import type { EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lawAsOf, lawEvents, lawLog } from "../laws/table-laws.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { bitsOf, freezeDeep } from "../support/inspect.ts";
import { logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const asOf = Date.UTC(2024, 3, 10);
const monthly = { asOf, period: "month", mode: "recurring" } as const;
const at = (month: number, date: number): number => Date.UTC(2024, month - 1, date);

/** a and b begin in January, c in March; nobody in February. */
const log = logOf([
  ["a", "view", at(1, 3)],
  ["a", "buy", at(2, 1)],
  ["a", "view", at(4, 2)],
  ["b", "view", at(1, 31)],
  ["b", "view", at(2, 5)],
  ["b", "view", at(2, 6)],
  ["c", "view", at(3, 1)],
  ["c", "view", at(4, 20)],
  ["d", "view", at(4, 11)],
]);
const rowsOf = ({ cohorts }: CohortReport): unknown[] => cohorts.map(({ size, retained }) => [size, retained]);

describe("deriveCohorts", () => {
  it("counts who was active in each period; cells that have not begun are null", () => {
    expect(deriveCohorts(log, monthly)).toEqual({
      period: "month",
      mode: "recurring",
      timeZone: "UTC",
      cohorts: [
        { start: at(1, 1), size: 2, retained: [2, 2, 0, 1] },
        { start: at(3, 1), size: 1, retained: [1, 0, null, null] },
      ],
    });
  });

  it("counts who was active then or later where it is rolling", () => {
    expect(rowsOf(deriveCohorts(log, { ...monthly, mode: "rolling" }))).toEqual([
      [2, [2, 2, 1, 1]],
      [1, [1, 0, null, null]],
    ]);
  });

  it("leaves the running period blank on request, but never the size", () => {
    expect(rowsOf(deriveCohorts(log, { ...monthly, running: "blank" }))).toEqual([
      [2, [2, 2, 0, null]],
      [1, [1, null, null, null]],
    ]);
    const april = { ...monthly, asOf: at(4, 12), running: "blank" } as const;
    expect(rowsOf(deriveCohorts(log, april))[2]).toEqual([1, [1, null, null, null]]);
  });

  it("takes the events that make one active, and others with which one begins", () => {
    expect(rowsOf(deriveCohorts(log, { ...monthly, event: "buy" }))).toEqual([[1, [1, 0, 0]]]);
    expect(rowsOf(deriveCohorts(log, { ...monthly, event: "buy", entry: "view" }))).toEqual([
      [2, [2, 1, 0, 0]],
      [1, [1, 0, null, null]],
    ]);
    expect(deriveCohorts(log, { ...monthly, event: "nothing" }).cohorts).toEqual([]);
  });

  it("does not count what came before the beginning", () => {
    const early = logOf([["a", "buy", at(1, 1)], ["a", "join", at(2, 3)], ["a", "buy", at(3, 3)]]); // prettier-ignore
    expect(rowsOf(deriveCohorts(early, { ...monthly, event: "buy", entry: "join" }))).toEqual([[1, [1, 1, 0]]]);
  });

  it("begins weeks on Monday and days at midnight, in the zone", () => {
    const sunday = logOf([["a", "view", Date.UTC(2024, 0, 7, 23, 30)], ["a", "view", Date.UTC(2024, 0, 8, 0, 30)]]); // prettier-ignore
    const now = Date.UTC(2024, 0, 9);
    const weeks = (timeZone: string): unknown =>
      deriveCohorts(sunday, { asOf: now, period: "week", mode: "recurring", timeZone }).cohorts;
    expect(weeks("UTC")).toEqual([{ start: Date.UTC(2024, 0, 1), size: 1, retained: [1, 1] }]);
    expect(weeks("Europe/Berlin")).toEqual([{ start: Date.UTC(2024, 0, 7, 23), size: 1, retained: [1] }]);
    const days = deriveCohorts(sunday, { asOf: now, period: "day", mode: "rolling" });
    expect(days.cohorts).toEqual([{ start: Date.UTC(2024, 0, 7), size: 1, retained: [1, 1, 0] }]);
  });

  it("counts a customer once per period also where clocks are set back over midnight", () => {
    // In St. John's 00:01 on 2010-11-07 was followed by 23:01 on 2010-11-06, at 02:31 UTC.
    const times = [0, 90, 120, 600, 5400].map((seconds) => Date.UTC(2010, 10, 7, 2, 29, seconds));
    const events = logOf(times.map((time) => ["a", "view", time] as const));
    for (const end of times) {
      const options = { asOf: end, period: "day", mode: "recurring", timeZone: "America/St_Johns" } as const;
      const [cohort] = deriveCohorts(events, options).cohorts;
      expect(cohort.retained[0]).toBe(1);
      expect(cohort.retained.every((cell) => cell === 0 || cell === 1)).toBe(true);
    }
    const begun = deriveCohorts(logOf([["a", "view", times[1]]]), {
      ...{ asOf: times[3], period: "day", mode: "rolling", timeZone: "America/St_Johns" },
    });
    expect(rowsOf(begun)).toEqual([[1, [1]]]);
  });

  it("has no cohort without events, and one cell for one customer just now", () => {
    expect(deriveCohorts(logOf([]), monthly).cohorts).toEqual([]);
    expect(deriveCohorts(log, { ...monthly, asOf: 0 }).cohorts).toEqual([]);
    expect(rowsOf(deriveCohorts(logOf([["a", "view", asOf]]), monthly))).toEqual([[1, [1]]]);
  });

  it("refuses a table that nobody could read, and wrong options", () => {
    const far = logOf(Array.from({ length: 5_000 }, (_, i) => [`c${i}`, "view", i * day] as const));
    const wide = { ...monthly, period: "day", asOf: 9_000 * day } as const;
    expectRefusal(() => deriveCohorts(far, wide), "too-large", "cohorts");
    expectRefusal(() => deriveCohorts(logOf([["a", "view", -8.64e15]]), { ...wide, asOf: 8.64e15 }), "too-large");
    for (const wrong of [{ period: "quarter" }, { mode: "all" }, { asOf: NaN }, { event: [] }]) {
      expectRefusal(
        () => deriveCohorts(log, { ...monthly, ...wrong } as unknown as DeriveCohortsOptions),
        "invalid-option",
      );
    }
    expectRefusal(() => deriveCohorts(null as never, monthly), "shape-mismatch", "log");
  });

  const options = fc.record({
    period: fc.constantFrom("day" as const, "week" as const),
    mode: fc.constantFrom("recurring" as const, "rolling" as const),
    running: fc.constantFrom("count" as const, "blank" as const),
  });

  it("says what a count by hand says, without the future, and leaves the log alone", () => {
    fc.assert(
      fc.property(lawEvents, options, (events, chosen) => {
        const all = lawLog(events, ["nobody"]);
        const report = deriveCohorts(freezeDeep(all), { asOf: lawAsOf, ...chosen });
        expect(report.cohorts).toEqual(byHand(events, chosen));
        const past = lawLog(events.filter(({ time }) => time <= lawAsOf));
        expect(bitsOf(deriveCohorts(past, { asOf: lawAsOf, ...chosen }))).toBe(bitsOf(report));
      }),
    );
  });

  it("rolls at least as many as recur, and never more than before", () => {
    fc.assert(
      fc.property(lawEvents, (events) => {
        const both = (mode: "recurring" | "rolling"): CohortReport =>
          deriveCohorts(lawLog(events), { asOf: lawAsOf, period: "week", mode });
        const [recurring, rolling] = [both("recurring").cohorts, both("rolling").cohorts];
        rolling.forEach(({ retained }, c) => {
          retained.forEach((cell, k) => {
            if (cell === null) return;
            expect(cell).toBeGreaterThanOrEqual(recurring[c].retained[k] as number);
            if (k > 0) expect(cell).toBeLessThanOrEqual(retained[k - 1] as number);
          });
        });
      }),
    );
  });
});

/** Cohorts by the definition, cell by cell; days and weeks in UTC. */
function byHand(
  events: readonly { customer: string; time: number }[],
  { period, mode, running }: Pick<DeriveCohortsOptions, "period" | "mode" | "running">,
): CohortReport["cohorts"] {
  const length = (period === "week" ? 7 : 1) * day;
  // 1970-01-05 was a Monday.
  const origin = period === "week" ? 4 * day : 0;
  const number = (time: number): number => Math.floor((time - origin) / length);
  const past = events.filter(({ time }) => time <= lawAsOf);
  const periodsOf = new Map<string, number[]>();
  for (const { customer, time } of past) periodsOf.set(customer, [...(periodsOf.get(customer) ?? []), number(time)]);
  const people = [...periodsOf.values()].map((periods) => ({ begin: Math.min(...periods), periods }));
  const begins = [...new Set(people.map(({ begin }) => begin))].sort((a, b) => a - b);
  return begins.map((begin) => {
    const group = people.filter((person) => person.begin === begin);
    const retained = Array.from({ length: number(lawAsOf) - begins[0] + 1 }, (_, k) => {
      if (k === 0) return group.length;
      if (begin + k > number(lawAsOf) || (running === "blank" && begin + k === number(lawAsOf))) return null;
      const isIn = (p: number): boolean => (mode === "rolling" ? p >= begin + k : p === begin + k);
      return group.filter(({ periods }) => periods.some(isIn)).length;
    });
    return { start: begin * length + origin, size: group.length, retained };
  });
}

type Triangle = Record<string, Record<string, number>>;

/** Compares a report with a triangle of pandas, which has 0 where nothing can be known yet. */
function expectTriangle(events: EventLog, end: number, expected: Triangle): void {
  const { cohorts } = deriveCohorts(events, { asOf: end, period: "month", mode: "recurring" });
  const starts = Object.keys(expected).map((month) =>
    Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1, 1),
  );
  expect(cohorts.map(({ start }) => start)).toEqual(starts);
  cohorts.forEach(({ size, retained }, c) => {
    // A column in which no cohort has anybody is left out there.
    const row = Object.values(expected)[c];
    expect(size).toBe(row[0]);
    expect(retained.map((cell) => cell ?? 0)).toEqual(retained.map((_, k) => row[k] ?? 0));
    expect(retained.filter((cell) => cell === null)).toHaveLength(c);
  });
}

describeWithData("deriveCohorts on real logs", ["online_retail", "simple_shop", "retentioneering_ab"], () => {
  it("finds the buyers that came back to a retailer, month by month", () => {
    const events = logOf(
      readDataRows("online_retail/online_retail.csv.gz")
        .filter((row) => row["CustomerID"] !== "" && !row["InvoiceNo"].startsWith("C"))
        .filter((row) => Number(row["Quantity"]) > 0 && Number(row["UnitPrice"]) > 0)
        .map((row) => [row["CustomerID"], "buy", Date.parse(`${row["InvoiceDate"].replace(" ", "T")}Z`)]),
    );
    const expected = readDataJson<{ monthly_cohort_retention_active_customers: Triangle }>(
      "online_retail/expected.json",
    );
    expectTriangle(events, Date.UTC(2011, 11, 10), expected.monthly_cohort_retention_active_customers);
  });

  it.each([
    ["simple_shop", "simple_shop/simple_shop.csv.gz", Date.UTC(2020, 3, 30)],
    ["retentioneering_ab", "retentioneering_ab/ab_test_demo.csv.gz", Date.UTC(2020, 3, 30)],
  ])("finds the users of %s that came back, month by month", (name, file, end) => {
    const events = logOf(
      readDataRows(file).map(
        (row) =>
          [row["user_id"], row["event"], Date.parse(`${row["timestamp"].slice(0, 23).replace(" ", "T")}Z`)] as const,
      ),
    );
    const { monthly_cohort_retention_active_users: expected } = readDataJson<{
      monthly_cohort_retention_active_users: Triangle;
    }>(`${name}/expected.json`);
    expectTriangle(events, end, expected);
  });
});
