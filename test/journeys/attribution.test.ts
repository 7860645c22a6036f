import {
  type AttributionMethod,
  type CountedPath,
  measureAttribution,
  measurePathAttribution,
} from "clientele/journeys";
import { sessionize } from "clientele/events";
import { codesOf, type EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const methods: readonly AttributionMethod[] = ["first", "last", "last-non-direct", "linear", "position", "time-decay", "markov", "shapley"]; // prettier-ignore

// The text column `order` of the test logs holds the channel.
const visits: fc.Arbitrary<Happening[]> = fc.array(
  fc.tuple(
    fc.constantFrom("ann", "bob", "__proto__"),
    fc.constantFrom("visit", "visit", "paid"),
    fc.integer({ min: 0, max: 30 }).map((at) => at * day),
    fc.constantFrom(5, 7.25),
    fc.constantFrom("ads", "mail", "direct", null),
  ),
  { maxLength: 40 },
);

/** The paths of a log as counted paths, the plain way. */
function pathsOf(log: EventLog): CountedPath[] {
  const paths: CountedPath[] = [];
  const { codes, names } = log.extra["order"] as { codes: Uint32Array; names: readonly string[] };
  for (let customer = 0; customer + 1 < log.byCustomer.starts.length; customer++) {
    let touches: { channel: string; time: number }[] = [];
    const end = (counts: Omit<CountedPath, "channels">, time: number): void => {
      if (touches.length > 0 || counts.conversions > 0) {
        paths.push({ ...counts, channels: touches.map(({ channel }) => channel), ageDays: touches.map((touch) => (time - touch.time) / day) }); // prettier-ignore
      }
      touches = [];
    };
    for (let row = log.byCustomer.starts[customer]; row < log.byCustomer.starts[customer + 1]; row++) {
      if (log.type.names[log.type.codes[row]] === "paid") end({ conversions: 1, value: log.value[row] }, log.time[row]);
      else if (names[codes[row]] !== undefined) touches.push({ channel: names[codes[row]], time: log.time[row] });
    }
    end({ conversions: 0, nulls: 1 }, 31 * day);
  }
  return paths;
}

describe("measureAttribution", () => {
  it("credits as the same paths with counts are credited, by every method", () => {
    fc.assert(
      fc.property(
        visits,
        fc.constantFrom(...methods),
        fc.constantFrom("keep", "collapse"),
        (happenings, method, selfLoops) => {
          // prettier-ignore
          const log = logOf(happenings);
          const report = measureAttribution(log, { goal: "paid", channel: "order", method, selfLoops });
          expect(report).toMatchObject(measurePathAttribution(pathsOf(log), { method, selfLoops }));
        },
      ),
      { endOnFailure: true },
    );
  });

  it("ends a path with a conversion and begins the next one after it", () => {
    const log = logOf([
      ["ann", "visit", 0, NaN, "ads"],
      ["ann", "paid", 1, 10],
      ["ann", "visit", 2, NaN, "mail"],
      ["ann", "paid", 3, 20],
      ["ann", "visit", 4, NaN, "tv"],
    ]);
    const { channels, ...rest } = measureAttribution(log, { goal: "paid", channel: "order", method: "linear" });
    expect(channels).toEqual([
      { channel: "ads", conversions: 1, value: 10 },
      { channel: "mail", conversions: 1, value: 20 },
      { channel: "tv", conversions: 0, value: 0 },
    ]);
    expect(rest).toMatchObject({ conversions: 2, value: 30, nulls: 1, baseConversion: 2 / 3, notes: [] });
  });

  it("takes the events themselves for channels on request, and the listed ones in their order", () => {
    const log = logOf([["ann", "search", 0], ["ann", "mail", 1], ["ann", "scroll", 2], ["ann", "paid", 3, 5]]); // prettier-ignore
    const options = { goal: "paid", channel: "type", method: "last" } as const;
    expect(measureAttribution(log, options).channels.map(({ channel }) => channel)).toEqual(["mail", "scroll", "search"]); // prettier-ignore
    const listed = measureAttribution(log, { ...options, states: ["search", "tv", "mail"] });
    expect(listed.channels).toEqual([
      { channel: "search", conversions: 0, value: 0 },
      { channel: "tv", conversions: 0, value: 0 },
      { channel: "mail", conversions: 1, value: 5 },
    ]);
    expect(listed.ignored).toBe(1);
  });

  it("counts what is in no path: conversions without a touch, events without a channel, other types, groups without either", () => {
    const log = logOf([
      ["ann", "paid", 0, 5, "ads"],
      ["ann", "visit", 1, NaN, null],
      ["ann", "paid", 2, 6],
      ["bob", "visit", 0, NaN, "ads"],
      ["bob", "scroll", 1, NaN, "ads"],
      ["bob", "paid", 2],
      ["cat", "scroll", 0, NaN, "ads"],
    ]);
    const report = measureAttribution(log, { goal: "paid", channel: "order", method: "first", states: ["visit"] });
    expect(report).toMatchObject({
      channels: [{ channel: "ads", conversions: 1, value: 0 }],
      unattributed: { conversions: 2, value: 11 },
      withoutChannel: 1,
      ignored: 2,
      emptied: 1,
    });
    expect(report.notes.map(({ code }) => code)).toEqual(["unattributed", "missing-values"]);
  });

  it("takes several goals, a column of values, and sessions as paths", () => {
    const log = logOf([
      ["ann", "visit", 0, NaN, "ads"],
      ["ann", "visit", day, NaN, "mail"],
      ["ann", "signup", day + 1, 1],
      ["ann", "visit", day + 2, NaN, "mail"],
      ["ann", "paid", day + 3, 1],
    ]);
    const worth = Float64Array.of(NaN, NaN, 30, NaN, 4);
    const withWorth = { ...log, extra: { ...log.extra, worth } };
    const options = { goal: ["paid", "signup"], channel: "order", method: "first", value: "worth" } as const;
    expect(measureAttribution(withWorth, options).channels).toEqual([
      { channel: "ads", conversions: 1, value: 30 },
      { channel: "mail", conversions: 1, value: 4 },
    ]);
    const bySession = measureAttribution(withWorth, { ...options, per: sessionize(log) });
    expect(bySession.channels).toEqual([
      { channel: "ads", conversions: 0, value: 0 },
      { channel: "mail", conversions: 2, value: 34 },
    ]);
    expect(bySession.nulls).toBe(1);
  });

  it("looks back so many days from each conversion, and counts what is older", () => {
    const log = logOf([
      ["ann", "visit", 0, NaN, "tv"],
      ["ann", "visit", 1 * day, NaN, "ads"],
      ["ann", "visit", 31 * day, NaN, "ads"],
      ["ann", "paid", 31 * day, 5],
      ["ann", "visit", 32 * day, NaN, "mail"],
      ["ann", "paid", 90 * day, 7],
      ["bob", "visit", 0, NaN, "tv"],
      ["bob", "visit", 80 * day, NaN, "tv"],
    ]);
    const options = { goal: "paid", channel: "order", method: "linear", lookbackDays: 30, selfLoops: "collapse" } as const; // prettier-ignore
    const report = measureAttribution(log, options);
    expect(report.channels.map(({ channel, conversions }) => [channel, conversions])).toEqual([["ads", 1], ["mail", 0], ["tv", 0]]); // prettier-ignore
    // Exactly 30 days before is not too old; a path without conversion has no end to look back from.
    expect(report).toMatchObject({ outdated: 2, nulls: 1, unattributed: { conversions: 1, value: 7 } });
  });

  it("knows no channel in an empty log, and one in a log of one touch", () => {
    const options = { goal: "paid", channel: "order", method: "markov" } as const;
    expect(measureAttribution(logOf([]), options)).toMatchObject({ channels: [], baseConversion: 0, conversions: 0 });
    expect(measureAttribution(logOf([["ann", "visit", 0, NaN, "ads"]]), options)).toMatchObject({
      channels: [{ channel: "ads", conversions: 0, value: 0, removalEffect: 0 }],
      nulls: 1,
    });
  });

  it("reads a path of 100,000 touches, and 10,000 event types", () => {
    const size = 100_000;
    const log: EventLog = {
      length: size + 1,
      customer: { codes: new Uint32Array(size + 1), names: ["ann"] },
      type: { codes: new Uint32Array(size + 1).map((_, row) => (row === size ? 0 : 1 + (row % 10_000))), names: ["paid", ...Array.from({ length: 10_000 }, (_, i) => `event ${i}`)] }, // prettier-ignore
      time: new Float64Array(size + 1).map((_, row) => row),
      value: new Float64Array(size + 1).fill(1),
      extra: { by: codesOf(Array.from({ length: size + 1 }, (_, row) => (row % 3 === 0 ? "ads" : "mail"))) },
      byCustomer: { starts: Uint32Array.of(0, size + 1) },
    };
    const { channels } = measureAttribution(log, { goal: "paid", channel: "by", method: "markov", order: 3 });
    expect(channels.map(({ conversions }) => conversions)).toEqual([0.5, 0.5]);
    expect(measureAttribution(log, { goal: "paid", channel: "type", method: "linear" }).channels).toHaveLength(10_000);
    expectRefusal(() => measureAttribution(log, { goal: "paid", channel: "type", method: "markov" }), "too-large", "options.order"); // prettier-ignore
  });

  it("refuses a column that is not there, or is of the wrong kind", () => {
    const log = logOf([["ann", "visit", 0, 1, "ads"]]);
    const options = { goal: "paid", channel: "order", method: "last" } as const;
    expectRefusal(() => measureAttribution(log, { ...options, channel: "medium" }), "invalid-option", "options.channel"); // prettier-ignore
    expectRefusal(() => measureAttribution(log, { ...options, value: "worth" }), "invalid-option", "options.value");
    expectRefusal(() => measureAttribution(log, { ...options, value: "order" }), "invalid-option", "options.value");
  });
});
