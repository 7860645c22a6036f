import { measureMarkers } from "clientele/journeys";
import { type EventLog } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { expectClose } from "../support/close-to.ts";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const day = 86_400_000;
const week = { goal: "paid", withinDays: 7 } as const;

/** Customers with what they did on which day; everybody is seen again on day 60, so that all are known through it. */
const logOfDays = (customers: readonly (readonly (readonly [event: string, day: number])[])[]): EventLog =>
  logOf(customers.flatMap((deeds, who) => [...deeds, ["seen", 60] as const].map(([what, at]): Happening => [`customer ${who}`, what, at * day]))); // prettier-ignore

/** A shop in which some events mean nothing; `planted` within the first week lifts the chance to buy in the second. */
function shopOf(seed: number, customers: number, lifts: number): EventLog {
  const random = randomOf(seed);
  const happenings: Happening[] = [];
  for (let who = 0; who < customers; who++) {
    const add = (what: string, at: number): void => void happenings.push([`customer ${who}`, what, at * day]);
    add("visit", 0);
    let planted = 0;
    for (let event = 0; event < 6; event++) {
      for (let times = Math.floor(random.next() * 4); times > 0; times--) add(`event ${event}`, random.next() * 7);
    }
    for (let times = Math.floor(random.next() * 4); times > 0; times--, planted++) add("planted", random.next() * 7);
    if (random.next() < 0.1 + (planted >= 2 ? lifts : 0)) add("paid", 7 + random.next() * 7);
    add("visit", 40);
  }
  return logOf(happenings);
}

describe("measureMarkers", () => {
  it("counts who did it so often in the window, and who reached the goal after it", () => {
    const report = measureMarkers(
      logOfDays([
        [["home", 0], ["save", 1], ["save", 6.9], ["paid", 8]],
        [["home", 0], ["save", 1], ["save", 7], ["paid", 13.9]],
        [["home", 0], ["save", 2]],
        [["home", 0], ["paid", 14]],
      ]), // prettier-ignore
      { ...week, times: [1, 2] },
    );
    expect(report).toMatchObject({ customers: 4, converted: 2, baseRate: 0.5, horizonDays: 7, untested: 4 });
    // Of "save" both counts are possible; "home" is done once by everybody; "seen" and a second "home" by nobody.
    const [first, second] = [...report.markers].sort((a, b) => a.times - b.times);
    expect(first).toMatchObject({ event: "save", times: 1, customers: 3, converted: 2, precision: 2 / 3, recall: 1, lift: 2 / 3 / 0.5 }); // prettier-ignore
    expect(second).toMatchObject({ event: "save", times: 2, customers: 1, converted: 1, precision: 1, recall: 0.5, lift: 2, test: "fisher", pValue: 1 }); // prettier-ignore
    // Counts 2, 1, 0, 1 and a half each: (2.5 · 1.5) / (1.5 · 0.5).
    expectClose(first.oddsRatio, 5, { relative: 1e-15, because: "three roundings" });
    const half = 1.959963984540054 * Math.sqrt(1 / 2.5 + 1 / 1.5 + 1 / 0.5 + 1 / 1.5);
    expectClose(first.interval, [5 * Math.exp(-half), 5 * Math.exp(half)], { relative: 1e-14, because: "exp and log" });
  });

  it("leaves out, and counts, who converts in the window, and who is not known through window and horizon", () => {
    const log = logOf([
      ["in the window", "home", 0],
      ["in the window", "paid", 6 * day],
      ["at once", "paid", 0],
      ["late", "home", 14 * day],
      ["almost", "home", 7 * day],
      ["just", "home", 6 * day],
      ["early", "home", 0],
      ["early", "paid", 7 * day],
      ["end", "seen", 20 * day],
    ]);
    const report = measureMarkers(log, { ...week, states: ["home"] });
    expect(report).toMatchObject({ customers: 2, converted: 1, asOf: 20 * day });
    // "end" has no step among the listed states; it says how long the log is known.
    expect(report.excluded).toEqual({ shortHistory: 1, convertedInWindow: 2, shortFollowUp: 1 });
    expect(report.notes.map(({ code }) => code)).toEqual(["early-conversion"]);
    const later = measureMarkers(log, { ...week, states: ["home"], asOf: 28 * day });
    expect(later.excluded).toEqual({ shortHistory: 0, convertedInWindow: 2, shortFollowUp: 0 });
    expect(measureMarkers(log, { ...week, asOf: 14 * day, horizonDays: 1 })).toMatchObject({ customers: 2, asOf: 14 * day }); // prettier-ignore
  });

  it("counts events after the last instant that is read, and everybody who is seen before it in one place", () => {
    const log = logOf([
      ["known", "home", 0],
      ["known", "seen", 20 * day],
      ["new", "home", 15 * day],
      ["new", "home", 19 * day],
    ]);
    const report = measureMarkers(log, { ...week, asOf: 14 * day });
    expect(report).toMatchObject({ customers: 1, later: 3, excluded: { shortHistory: 0 } });
    const all = measureMarkers(log, week);
    expect(all).toMatchObject({ customers: 1, later: 0, excluded: { shortHistory: 1 } });
  });

  it("finds a planted marker at its number of times, and hardly anything else", () => {
    const { markers } = measureMarkers(shopOf(3, 1500, 0.4), week);
    expect(markers[0]).toMatchObject({ event: "planted", times: 2 });
    expect(markers[0].lift).toBeGreaterThan(1.4);
    expect(markers[0].adjustedPValue).toBeLessThan(1e-10);
    const others = markers.filter(({ event, adjustedPValue }) => event !== "planted" && adjustedPValue < 0.05);
    expect(others).toEqual([]);
  });

  it("raises a false alarm in about 1 of 20 shops in which nothing means anything", () => {
    let alarms = 0;
    for (let seed = 100; seed < 160; seed++) {
      if (measureMarkers(shopOf(seed, 120, 0), week).markers.some(({ adjustedPValue }) => adjustedPValue < 0.05)) alarms++; // prettier-ignore
    }
    // 3 expected of 60; more than 9 are as likely as 1 in 1,000.
    expect(alarms).toBeLessThanOrEqual(9);
  });

  it("does not look beyond what it says: events after the window change no count but the goal", () => {
    const deeds = fc.array(fc.array(fc.tuple(fc.constantFrom("home", "save", "paid"), fc.integer({ min: 0, max: 30 })), { maxLength: 6 }).map((list) => [["home", 0] as const, ...list]), { maxLength: 8 }); // prettier-ignore
    fc.assert(
      fc.property(deeds, (customers) => {
        const early = customers.map((list) => list.filter(([what, at]) => at < 7 || (what === "paid" && at < 14)));
        const whole = measureMarkers(logOfDays(customers), week);
        expect(measureMarkers(logOfDays(early), week)).toMatchObject({ customers: whole.customers, converted: whole.converted, excluded: whole.excluded, markers: whole.markers }); // prettier-ignore
      }),
    );
  });

  it("counts every marker as counting by hand does", () => {
    const deeds = fc.array(fc.array(fc.tuple(fc.constantFrom("home", "__proto__", "paid"), fc.integer({ min: 0, max: 16 })), { minLength: 1, maxLength: 6 }), { maxLength: 10 }); // prettier-ignore
    fc.assert(
      fc.property(deeds, (customers) => {
        const compared = customers.flatMap((list) => {
          const begin = Math.min(...list.map(([, at]) => at));
          const inside = list.filter(([, at]) => at < begin + 7).map(([what]) => what);
          if (inside.includes("paid")) return [];
          return [{ inside, won: list.some(([what, at]) => what === "paid" && at >= begin + 7 && at < begin + 14) }];
        });
        const { markers, ...report } = measureMarkers(logOfDays(customers), week);
        expect([report.customers, report.converted]).toEqual([compared.length, compared.filter(({ won }) => won).length]); // prettier-ignore
        for (const { event, times, customers: marked, converted, recall, lift } of markers) {
          const same = compared.filter(({ inside }) => inside.filter((what) => what === event).length >= times);
          expect([marked, converted]).toEqual([same.length, same.filter(({ won }) => won).length]);
          expectClose([recall, lift], [converted / report.converted, converted / marked / report.baseRate], { relative: 1e-15, because: "one rounding" }); // prettier-ignore
        }
      }),
    );
  });

  it("says why nothing can be compared", () => {
    const codes = (log: EventLog): string[] => measureMarkers(log, week).notes.map(({ code }) => code);
    expect(codes(logOf([]))).toEqual(["no-customers"]);
    expect(codes(logOf([["ann", "home", 0]]))).toEqual(["no-customers"]);
    expect(codes(logOfDays([[["home", 0]], [["save", 0]]]))).toEqual(["no-conversion"]); // prettier-ignore
    const all = logOfDays([[["home", 0], ["paid", 8]], [["save", 0], ["paid", 9]]]); // prettier-ignore
    expect(codes(all)).toEqual(["all-converted"]);
    expect(measureMarkers(all, week).markers).toEqual([]);
  });

  it("refuses times that are no counts", () => {
    const log = logOfDays([[["home", 0]]]);
    for (const times of [[], [0], [1.5], [1, 1]]) {
      expectRefusal(() => measureMarkers(log, { ...week, times }), "invalid-option", "options.times");
    }
  });
});
