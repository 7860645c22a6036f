import { randomOf } from "clientele/core";
import { type AdwinState, type PageHinkleyState, stepAdwin, stepPageHinkley } from "clientele/trends";
import { describe, expect, it } from "vitest";
import golden from "../oracles/stream-drift.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { bitsOf } from "../support/inspect.ts";
import { expectRefusal } from "../support/refusal.ts";

/** The stream of the oracle: Lehmer's generator, scaled part by part. */
function streamOf(seed: number, parts: readonly (readonly number[])[]): number[] {
  let s = seed;
  return parts.flatMap(([count, base, scale]) =>
    Array.from({ length: count }, () => {
      s = (s * 16807) % 2147483647;
      return base + (scale * s) / 2147483647;
    }),
  );
}

function adwinDrifts(
  stream: readonly number[],
  options = {},
  look: (step: ReturnType<typeof stepAdwin>, i: number) => void = () => undefined,
): { drifts: [number, string][]; last: ReturnType<typeof stepAdwin> } {
  let state: AdwinState | undefined;
  let last = stepAdwin(undefined, NaN);
  const drifts: [number, string][] = [];
  stream.forEach((x, i) => {
    last = stepAdwin(state, x, options);
    if (last.drift) drifts.push([i, last.direction!]);
    state = last.state;
    look(last, i);
  });
  return { drifts, last };
}

function hinkleyDrifts(stream: readonly number[], options = {}): [number, string][] {
  let state: PageHinkleyState | undefined;
  return stream.flatMap((x, i): [number, string][] => {
    const step = stepPageHinkley(state, x, options);
    state = step.state;
    return step.drift ? [[i, step.direction!]] : [];
  });
}

describe.each(golden)("the stream of seed $seed", ({ seed, parts, ...wanted }) => {
  const stream = streamOf(seed, parts);

  it("stepAdwin alarms, and keeps a window, as a port of the paper", () => {
    const windows: [number, number][] = [];
    const { drifts } = adwinDrifts(stream, {}, ({ width, mean }, i) => {
      if (i % 250 === 249) windows.push([width, mean!]);
    });
    expect(drifts.map(([i]) => i)).toEqual(wanted.adwin);
    expect(windows.map(([width]) => width)).toEqual(wanted.widths.map(([width]) => width));
    expectClose(windows.map(([, mean]) => mean), wanted.widths.map(([, mean]) => mean), { relative: 1e-11, because: "the port carries rounding along" }); // prettier-ignore
  });

  it("stepPageHinkley alarms as a port of the paper", () => {
    expect(hinkleyDrifts(stream)).toEqual(wanted.pageHinkley);
    expect(hinkleyDrifts(stream, { delta: 0.05, threshold: 5, alpha: 1 })).toEqual(wanted.sensitive);
  });

  it("goes on from JSON in the middle as if never interrupted", () => {
    for (const at of [1, 37, 700]) {
      let [whole, broken] = [undefined, undefined] as (AdwinState | undefined)[];
      let [plain, resumed] = [undefined, undefined] as (PageHinkleyState | undefined)[];
      stream.slice(0, 1200).forEach((x, i) => {
        if (i === at) broken = JSON.parse(JSON.stringify(broken)) as AdwinState;
        if (i === at) resumed = JSON.parse(JSON.stringify(resumed)) as PageHinkleyState;
        whole = stepAdwin(whole, x).state;
        broken = stepAdwin(broken, x).state;
        plain = stepPageHinkley(plain, x).state;
        resumed = stepPageHinkley(resumed, x).state;
      });
      expect(bitsOf(broken)).toBe(bitsOf(whole));
      expect(bitsOf(resumed)).toBe(bitsOf(plain));
    }
  });
});

describe("stepAdwin", () => {
  it("seldom alarms on stable streams, and finds a shift of the mean soon, in its direction", () => {
    let [alarmed, delay] = [0, 0];
    for (let seed = 0; seed < 60; seed++) {
      const random = randomOf(seed);
      const flips = Array.from({ length: 4000 }, () => (random.next() < 0.3 ? 1 : 0));
      if (adwinDrifts(flips).drifts.length > 0) alarmed++;
      if (seed >= 20) continue;
      const up = seed % 2 === 0;
      const shifted = flips.slice(0, 2000).concat(Array.from({ length: 1000 }, () => (random.next() < (up ? 0.6 : 0.05) ? 1 : 0))); // prettier-ignore
      const { drifts } = adwinDrifts(shifted);
      const found = drifts.find(([i]) => i >= 2000)!;
      expect(found[1]).toBe(up ? "up" : "down");
      delay += (found[0] - 2000) / 20;
    }
    expect(alarmed).toBeLessThanOrEqual(2);
    // Measured: about 100 visitors for 30 % → 60 % or 5 %.
    expect(delay).toBeLessThan(160);
  });

  it("remembers a logarithm of its window", () => {
    const { last } = adwinDrifts(streamOf(9, [[20_000, 0, 1]]));
    expect(last.width).toBeGreaterThan(10_000);
    const buckets = last.state.rows.reduce((sum, { totals }) => sum + totals.length, 0);
    expect(buckets).toBeLessThanOrEqual(5 * (Math.log2(last.width) + 1));
    expect(JSON.stringify(last.state).length).toBeLessThan(4000);
  });

  it("skips gaps, begins with nothing, and never alarms on a constant", () => {
    expect(stepAdwin(undefined, NaN)).toEqual({ state: { seen: 0, rows: [] }, drift: false, direction: null, width: 0, mean: null }); // prettier-ignore
    const one = stepAdwin(undefined, 0.5);
    expect(stepAdwin(one.state, NaN).state).toEqual(one.state);
    expect(adwinDrifts(new Array<number>(3000).fill(0.1)).drifts).toEqual([]);
  });

  it("refuses what is no number, and a damaged state", () => {
    expectRefusal(() => stepAdwin(undefined, Infinity), "invalid-value", "x");
    expectRefusal(() => stepAdwin(undefined, "1" as never), "invalid-value", "x");
    for (const bad of [
      null,
      {},
      { seen: -1, rows: [] },
      { seen: 1, rows: [null] },
      { seen: 1, rows: [{ totals: [1], squares: [] }] },
    ]) {
      // prettier-ignore
      expectRefusal(() => stepAdwin(bad as never, 1), "incompatible-model", "state");
    }
  });
});

describe("stepPageHinkley", () => {
  it("alarms on stable streams as its comment says: on few of small values, on most of standard normal ones", () => {
    const alarmed = (scale: number): number =>
      Array.from({ length: 100 }, (_, seed) => hinkleyDrifts(streamOf(1000 + 17 * seed, [[10_000, 0, scale]])).length > 0).filter(Boolean).length; // prettier-ignore
    expect(alarmed(1)).toBeLessThanOrEqual(8);
    // As wide as standard normal values: √12.
    expect(alarmed(3.464)).toBeGreaterThan(80);
  });

  it("finds falls as well as rises, soon", () => {
    const drifts = hinkleyDrifts(streamOf(5, [[500, 0, 1], [500, 1, 1], [500, 0, 1]])); // prettier-ignore
    expect(drifts.map(([, direction]) => direction)).toEqual(["up", "down"]);
    expect(drifts[0][0]).toBeGreaterThan(500);
    expect(drifts[0][0]).toBeLessThan(600);
  });

  it("skips gaps, waits for enough values, and refuses what it cannot add", () => {
    const { state } = stepPageHinkley(undefined, 1);
    expect(stepPageHinkley(state, NaN).state).toEqual(state);
    expect(hinkleyDrifts([0, 1000, 0, 1000], { minInstances: 30 })).toEqual([]);
    expect(hinkleyDrifts([0, 1000, 0, 1000], { minInstances: 1 })).toHaveLength(2);
    expectRefusal(() => stepPageHinkley(undefined, -Infinity), "invalid-value", "x");
    expectRefusal(() => hinkleyDrifts([1.7e308, -1.7e308, 1.7e308, -1.7e308], { minInstances: 1000 }), "too-large", "x"); // prettier-ignore
    for (const bad of [null, {}, { seen: 1, mean: NaN, high: 0, low: 0 }, { seen: 1, mean: 0, high: -1, low: 0 }]) {
      expectRefusal(() => stepPageHinkley(bad as never, 1), "incompatible-model", "state");
    }
  });
});
