import { randomOf } from "clientele/core";
import fc from "fast-check";
import { hostileNames } from "./hostile.ts";

/** Any string that a person or a program might use as a name: hostile ones, lone surrogates, numbers in disguise. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileNames, "10", "9", "a", "b", "Ann", "ann", "hasOwnProperty", "undefined", "  ", "a#1"),
  fc.string({ unit: "binary", maxLength: 8 }),
);

/** A row of raw events as {@link rawReaders} read it; every cell may be wrong. */
export interface RawRow {
  readonly who: unknown;
  readonly what: unknown;
  readonly at: unknown;
  readonly worth: unknown;
  readonly page: unknown;
  readonly size: unknown;
}

/** How rows of this file are read. */
export const rawReaders = {
  customer: "who",
  type: "what",
  time: "at",
  value: "worth",
  extra: { page: "page", size: "size" },
} as const;

/** Milliseconds of a few weeks of spring 2024, with clock changes, whole seconds and fractions. */
export const anyTime: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: Date.UTC(2024, 1, 20), max: Date.UTC(2024, 3, 10) }),
  fc.integer({ min: 0, max: 100 }).map((quarters) => Date.UTC(2024, 2, 30) + quarters * 900_000),
  fc.integer({ min: 0, max: 1_000_000 }).map((micros) => Date.UTC(2024, 2, 1) + micros / 1000),
);

const rubbish = fc.constantFrom<unknown>(
  null,
  undefined,
  "",
  NaN,
  Infinity,
  true,
  Symbol("s"),
  {},
  [],
  () => 1,
  2n ** 80n,
);
const wrongTime = fc.constantFrom<unknown>(
  "2024-02-30T00:00:00Z",
  "2024-01-01T00:00:00",
  "1",
  9e15,
  new Date(NaN),
  -1n,
);
const goodCell = fc.oneof(anyName, fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt());

/** A row that a strict reader accepts. */
export const goodRow: fc.Arbitrary<RawRow> = fc.record({
  who: fc.oneof(anyName, fc.integer(), fc.bigInt()).filter((name) => name !== ""),
  what: fc.oneof(anyName, fc.integer()),
  at: fc.oneof(
    anyTime,
    anyTime.map((time) => new Date(Math.floor(time))),
    anyTime.map((time) => new Date(Math.floor(time)).toISOString()),
  ),
  worth: fc.oneof(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.constantFrom(null, undefined, NaN, "", 5n)),
  page: fc.oneof(anyName, fc.constant(null)),
  size: fc.oneof(fc.integer(), fc.constantFrom(null, NaN, undefined)),
});

/** A row in which each cell may be anything, good ones being more frequent. */
export const rawRow: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: goodRow, weight: 6 },
  {
    arbitrary: fc.record({
      who: fc.oneof(goodCell, rubbish),
      what: fc.oneof(goodCell, rubbish),
      at: fc.oneof(anyTime, wrongTime, rubbish),
      worth: fc.oneof(goodCell, rubbish),
      page: fc.oneof(goodCell, rubbish),
      size: fc.oneof(goodCell, rubbish),
    }),
    weight: 3,
  },
  { arbitrary: fc.constantFrom<unknown>(null, undefined, 1, "row", true, {}, []), weight: 1 },
);

/** One event of {@link browsingRows}. */
export interface BrowsingRow {
  readonly customer: string;
  readonly type: string;
  readonly time: number;
  readonly value: number | null;
  readonly campaign: string | null;
}

/**
 * Events of customers who browse in bursts, in the order of time: pauses on both sides of half an hour and exactly of half
 * an hour, equal times, midnights, campaigns, purchases.
 *
 * @param options - how many events and customers; other seeds give other events.
 */
export function browsingRows(options: { events?: number; customers?: number; seed?: number } = {}): BrowsingRow[] {
  const { events = 300, customers = 7, seed = 1 } = options;
  const random = randomOf(seed, events, customers);
  const names = ["__proto__", "constructor", "10", "9", "ann", "ann#1", "\ud800"];
  const pauses = [0, 0, 1_000, 60_000, 1_799_999, 1_800_000, 1_800_001, 7_200_000, 40_000_000];
  const types = ["view", "view", "search", "purchase", "app_open"];
  const campaigns = [null, null, null, "spring", "brand", ""];
  const clocks = Array.from({ length: customers }, () => Date.UTC(2024, 2, 29) + random.integer(86_400_000));
  const rows = Array.from({ length: events }, (): BrowsingRow => {
    const c = random.integer(customers);
    clocks[c] += pauses[random.integer(pauses.length)];
    const type = types[random.integer(types.length)];
    return {
      customer: names[c] ?? `customer ${c}`,
      type,
      time: clocks[c],
      value: type === "purchase" ? random.integer(10_000) / 100 : null,
      campaign: campaigns[random.integer(campaigns.length)],
    };
  });
  return rows.sort((a, b) => a.time - b.time);
}

/** Rows of small whole numbers in at least two groups, one of them of two members or more; some rows are in no group. */
export const groupedRows: fc.Arbitrary<{ rows: number[][]; labels: number[] }> = fc
  .array(fc.tuple(fc.tuple(smallNumber(), smallNumber()), fc.integer({ min: -1, max: 3 })), {
    minLength: 4,
    maxLength: 25,
  })
  .map((cells) => ({ rows: cells.map(([row]) => [...row]), labels: cells.map(([, label]) => label) }))
  .filter(({ labels }) => {
    const grouped = labels.filter((label) => label >= 0);
    const groups = new Set(grouped).size;
    return groups >= 2 && grouped.length > groups;
  });

function smallNumber(): fc.Arbitrary<number> {
  return fc.integer({ min: -4, max: 4 });
}

/** Two groupings of the same rows; −1 occurs. */
export const labelPair: fc.Arbitrary<[number[], number[]]> = fc.integer({ min: 1, max: 30 }).chain((rows) => {
  const one = fc.array(fc.integer({ min: -1, max: Math.min(rows - 1, 4) }), { minLength: rows, maxLength: rows });
  return fc.tuple(one, one);
});
