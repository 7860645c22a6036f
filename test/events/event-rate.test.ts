import { readEventColumns } from "clientele/events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { busiestWindows } from "../../src/events/event-rate.ts";

const minute = 60_000;

function most(times: readonly number[], windowMs = minute, customer = times.map(() => "a")): number[] {
  return [
    ...busiestWindows(readEventColumns({ customer, type: times.map(() => "view"), time: [...times] }).log, windowMs),
  ];
}

describe("busiestWindows", () => {
  it("takes events that lie exactly one window apart for two windows", () => {
    expect(most([0, minute - 1])).toEqual([2]);
    expect(most([0, minute])).toEqual([1]);
    expect(most([0, 0, minute, minute, minute])).toEqual([3]);
  });

  it("finds a burst across the border of a calendar minute", () => {
    expect(most([0, 59_000, 59_500, 60_500, 61_000, 200_000])).toEqual([4]);
  });

  it("counts each customer alone, and nothing in an empty log", () => {
    expect(most([0, 1, 2, 3], minute, ["a", "b", "a", "a"])).toEqual([3, 1]);
    expect(most([])).toEqual([]);
  });

  it("agrees with a count from every event on", () =>
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 40 }), fc.integer({ min: 1, max: 120 }), (times, windowMs) => {
        const counts = times.map((from) => times.filter((time) => time >= from && time < from + windowMs).length);
        expect(most(times, windowMs)).toEqual(times.length === 0 ? [] : [Math.max(...counts)]);
      }),
    ));
});
