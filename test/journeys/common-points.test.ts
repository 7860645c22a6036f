import { measureCommonPoints } from "clientele/journeys";
import { partitionOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

/** One customer per path, a second between steps. */
const logOfPaths = (paths: readonly (readonly string[])[]): ReturnType<typeof logOf> =>
  logOf(paths.flatMap((path, who) => path.map((what, at): Happening => [`customer ${who}`, what, at * 1000])));

describe("measureCommonPoints", () => {
  it("finds what all converting paths pass, and ranks what everybody passes last", () => {
    const report = measureCommonPoints(
      logOfPaths([
        ["home", "search", "cart", "paid", "thanks"],
        ["home", "cart", "cart", "paid"],
        ["home", "search"],
        ["home", "cart"],
        ["home"],
      ]),
      { goal: "paid" },
    );
    expect(report).toMatchObject({ converting: 2, others: 3, goalFirst: 0, dominators: ["home", "cart"] });
    expect(report.points.map(({ event, lift }) => [event, lift])).toEqual([["cart", 3], ["home", 1]]); // prettier-ignore
    // From the first cart: 1 second and 2 seconds.
    expect(report.points[0]).toMatchObject({
      paths: 2,
      share: 1,
      otherPaths: 1,
      medianMsBefore: 1500,
      dominator: true,
    });
    expect(report.points[0].otherShare).toBeCloseTo(1 / 3, 15);
  });

  it("counts up to the first goal only, and with a share below 1 what most paths pass", () => {
    const log = logOfPaths([["a", "b", "paid", "c", "paid"], ["a", "paid"], ["b", "paid"], ["a", "b", "c", "paid"]]); // prettier-ignore
    expect(measureCommonPoints(log, { goal: "paid" }).points).toEqual([]);
    const most = measureCommonPoints(log, { goal: "paid", share: 0.75 });
    expect(most.points.map(({ event, share }) => [event, share])).toEqual([["a", 0.75], ["b", 0.75]]); // prettier-ignore
    expect(most.notes.map(({ code }) => code)).toEqual(["few-rows", "no-other-paths"]);
    expect(most.points[0]).toMatchObject({ otherShare: null, otherInterval: null, lift: null });
  });

  it("tells a dominator from a point that only happens to be on every path", () => {
    // Everyone passes "b", but a walk can change from the second path to the first at "x", and go around it.
    const log = logOfPaths([["b", "x", "c", "paid"], ["x", "b", "c", "paid"]]); // prettier-ignore
    const { points, dominators } = measureCommonPoints(log, { goal: "paid" });
    expect(points.map(({ event }) => event).sort()).toEqual(["b", "c", "x"]);
    expect(dominators).toEqual(["c"]);
  });

  it("finds the dominators that taking each event away finds; all of them are passed by all converting paths", () => {
    const pathsOfSteps = fc.array(fc.array(fc.constantFrom("a", "b", "__proto__", "d", "paid"), { minLength: 1, maxLength: 6 }), { maxLength: 8 }); // prettier-ignore
    fc.assert(
      fc.property(pathsOfSteps, (paths) => {
        const { dominators, points } = measureCommonPoints(logOfPaths(paths), { goal: "paid" });
        const cut = paths.map((path) => ["(start)", ...(path.includes("paid") ? path.slice(0, path.indexOf("paid") + 1) : path)]); // prettier-ignore
        const edges = cut.flatMap((path) => path.slice(1).map((to, i) => [path[i], to]));
        const isReached = (without: string): boolean => {
          const seen = new Set(["(start)"]);
          for (let before = 0; before < seen.size;) {
            before = seen.size;
            for (const [from, to] of edges) if (seen.has(from) && to !== without) seen.add(to);
          }
          return seen.has("paid");
        };
        const expected = isReached("") ? ["a", "b", "__proto__", "d"].filter((event) => !isReached(event)) : [];
        expect([...dominators].sort()).toEqual(expected.sort());
        expect(points.filter(({ dominator }) => dominator).map(({ event }) => event).sort()).toEqual(expected); // prettier-ignore
        for (const { share, dominator } of points) if (dominator) expect(share).toBe(1);
      }),
    );
  });

  it("ranks what no other path passes above all", () => {
    const log = logOfPaths([["home", "coupon", "paid"], ["home", "coupon", "paid"], ["home"]]); // prettier-ignore
    expect(measureCommonPoints(log, { goal: "paid" }).points.map(({ event, lift }) => [event, lift])).toEqual([["coupon", null], ["home", 1]]); // prettier-ignore
  });

  it("takes several goals, sessions, and the listed states with the goal or without it", () => {
    const log = logOfPaths([["a", "b", "signup"], ["a", "paid"], ["b", "a"]]); // prettier-ignore
    const both = measureCommonPoints(log, { goal: ["paid", "signup"], states: ["b", "a"] });
    expect(both).toMatchObject({ converting: 2, others: 1, ignored: 0 });
    expect(both.points.map(({ event }) => event)).toEqual(["a"]);
    const listed = measureCommonPoints(log, { goal: "paid", states: ["a", "paid"] });
    expect(listed).toMatchObject({ converting: 1, others: 2, ignored: 3 });
    expect(measureCommonPoints(log, { goal: "paid", per: partitionOf([1, 2, 1, 1, 2]) })).toMatchObject({
      converting: 1,
      others: 4,
      goalFirst: 1,
      points: [],
    });
  });

  it("says why nothing is found", () => {
    const codes = (paths: string[][]): string[] =>
      measureCommonPoints(logOfPaths(paths), { goal: "paid" }).notes.map(({ code }) => code);
    expect(codes([])).toEqual(["no-conversion"]);
    expect(codes([["home"]])).toEqual(["no-conversion"]);
    expect(codes([["paid"], ["home", "paid"]])).toEqual(["few-rows", "no-other-paths", "goal-first", "nothing-common"]);
    expect(codes([...Array.from({ length: 30 }, () => ["home", "paid"]), ["home"]])).toEqual([]);
  });

  it("reads a path of 100,000 steps over 10,000 events", () => {
    const size = 100_000;
    const names = Array.from({ length: 10_000 }, (_, i) => `event ${i}`);
    const log = {
      ...logOf([]),
      length: size,
      customer: { codes: new Uint32Array(size), names: ["ann"] },
      type: { codes: new Uint32Array(size).map((_, row) => (row + 1 === size ? 10_000 : row % 10_000)), names: [...names, "paid"] }, // prettier-ignore
      time: new Float64Array(size).map((_, row) => row),
      value: new Float64Array(size),
      extra: {},
      byCustomer: { starts: Uint32Array.of(0, size) },
    };
    const report = measureCommonPoints(log, { goal: "paid" });
    expect(report.points).toHaveLength(10_000);
    // The last step before the goal is event 9998; everything before it in the circle cannot be avoided either.
    expect(report.dominators).toEqual(names.slice(0, 9999));
  });

  it("refuses a state that is listed twice", () => {
    const log = logOfPaths([["a", "paid"]]);
    expectRefusal(() => measureCommonPoints(log, { goal: "paid", states: ["a", "a"] }), "invalid-option", "options.states[1]"); // prettier-ignore
  });
});
