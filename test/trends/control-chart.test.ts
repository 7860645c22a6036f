import { randomOf } from "clientele/core";
import { seriesFrom } from "clientele/tables";
import { controlChart, type ControlChartReport } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { sampleBinomial, sampleNormal } from "../../src/numeric/samplers.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";

const codes = ({ notes }: ControlChartReport): string[] => notes.map(({ code }) => code);
const marked = ({ signals }: ControlChartReport): number[] => signals.map(({ index }) => index);
const known = { center: 0, sigma: 1 };
const normals = (count: number, seed: number, shift = 0): number[] => {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => shift + sampleNormal(random));
};

// NIST/SEMATECH e-Handbook, section 6.3.2.2 (flow rate) and 6.3.2.4 (EWMA: target 50, sigma 2.0539).
const flow = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1];
const nist = [52, 47, 53, 49.3, 50.1, 47, 51, 50.1, 51.2, 50.5, 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]; // prettier-ignore

describe("controlChart of individuals", () => {
  it("has the limits of NIST's flow rates: from neighbors, not from all", () => {
    const chart = controlChart(flow, { kind: "individuals" });
    const printed = { absolute: 0.002, because: "NIST rounds d2 to 1.128" };
    expectClose([chart.center, chart.upper as number, chart.lower as number], [50.81, 55.8041, 45.8159], printed);
    expectClose(chart.movingRange!.center, 1.8778, { absolute: 5e-5, because: "digits printed" });
    expectClose(chart.movingRange!.upper, 3.267 * 1.8778, { absolute: 0.002, because: "D4 has four digits" });
    expect([chart.signals, chart.movingRange!.values[0], chart.baselinePoints]).toEqual([[], null, 10]);
    expect(codes(chart)).toEqual(["no-baseline", "short-baseline"]);
    // The pitfall: 56.91 from the plain standard deviation.
    const plain = controlChart(flow, { kind: "individuals", spread: "standard-deviation" });
    expect(plain.sigma!).toBeGreaterThan(chart.sigma! * 1.15);
    expect(plain.baselinePoints).toBe(10);
  });

  it("signals what is beyond the limits and nothing that lies on them", () => {
    const chart = controlChart([3, 3.0001, -3, -3.1, 0], { kind: "individuals", baseline: known });
    expect(chart.signals).toEqual([
      { index: 1, rule: "limits", side: "above", since: 1 },
      { index: 3, rule: "limits", side: "below", since: 3 },
    ]);
    expect([chart.upper, chart.lower, chart.width, chart.baselinePoints]).toEqual([3, -3, 3, null]);
  });

  it("alarms in 0.22 to 0.32 % of 100,000 stable points with known limits, and in 0.1 to 0.5 % with learned ones", () => {
    const stable = normals(100_000, 29);
    const rate = controlChart(stable, { kind: "individuals", baseline: known }).signals.length / 100_000;
    expect(rate).toBeGreaterThan(0.0022);
    expect(rate).toBeLessThan(0.0032);
    for (const spread of ["moving-range", "median-moving-range", "standard-deviation"] as const) {
      for (let seed = 1; seed <= 5; seed++) {
        const values = [...normals(1000, seed), ...stable];
        const chart = controlChart(values, { kind: "individuals", spread, baseline: { from: 0, to: 1000 } });
        const learned = chart.signals.filter(({ index }) => index >= 1000).length / 100_000;
        expect(learned).toBeGreaterThan(0.001);
        expect(learned).toBeLessThan(0.005);
        expectClose(chart.sigma!, 1, { absolute: 0.12, because: "four standard errors of 1000 points" });
      }
    }
  });

  it("places the limits for a stated run length", () => {
    const chart = controlChart([0], { kind: "individuals", baseline: known, inControlRunLength: 370.3983473449564 });
    expectClose(chart.width!, 3, { absolute: 1e-9, because: "1 / (2·0.00135)" });
    expectClose(controlChart([0], { kind: "individuals", baseline: known }).inControlRunLength!, 370.398, { absolute: 0.001, because: "digits" }); // prettier-ignore
    expect(controlChart([0], { kind: "individuals", baseline: known, rules: ["nelson-1"] }).inControlRunLength).toBeNull(); // prettier-ignore
  });

  it("keeps gaps, says so, and takes no range across them", () => {
    const chart = controlChart(seriesFrom([1, 2, NaN, 9, 10, NaN, 50], { start: 0, period: "day" }), { kind: "individuals", baseline: { from: 0, to: 5 } }); // prettier-ignore
    expect(chart.statistic).toEqual([1, 2, null, 9, 10, null, 50]);
    expect(chart.movingRange!.values).toEqual([null, 1, null, null, 1, null, null]);
    expect([chart.movingRange!.center, chart.points, marked(chart)]).toEqual([1, 5, [0, 1, 3, 4, 6]]);
    expect(codes(chart)).toEqual(["short-baseline", "gaps"]);
  });

  it("says of values that do not differ that every other value signals", () => {
    const chart = controlChart([0.1, 0.1, 0.1, 0.1, 0.2], { kind: "individuals", baseline: { from: 0, to: 4 } });
    expect([chart.center, chart.upper, chart.lower, marked(chart)]).toEqual([0.1, 0.1, 0.1, [4]]);
    expect(codes(chart)).toContain("zero-sigma");
    expect(marked(controlChart([5, 6], { kind: "individuals", baseline: { center: 5, sigma: 0 } }))).toEqual([1]);
  });

  it("warns where neighbors go together", () => {
    const weekly = Array.from({ length: 140 }, (_, i) => 100 + 20 * Math.floor((i % 20) / 10) + (i % 3));
    expect(codes(controlChart(weekly, { kind: "individuals" }))).toContain("autocorrelated");
    expect(codes(controlChart(normals(500, 3), { kind: "individuals" }))).toEqual(["no-baseline"]);
  });

  it("judges nothing, and learns nothing from nothing", () => {
    expect(controlChart([], { kind: "individuals", baseline: known })).toMatchObject({ statistic: [], signals: [], points: 0 }); // prettier-ignore
    for (const kind of ["individuals", "ewma", "cusum"] as const) {
      for (const few of [[], [1], [1, NaN, 2], [NaN, NaN]]) {
        expectRefusal(() => controlChart(few, { kind }), "too-few-rows", "baseline");
      }
    }
    expect(controlChart([1, NaN, 2], { kind: "individuals", spread: "standard-deviation" }).sigma).toBeGreaterThan(0);
  });
});

describe("rules of controlChart", () => {
  const signals = (values: number[], rule: string): [number, number][] =>
    controlChart(values, { kind: "individuals", baseline: known, rules: [rule as never] }).signals.map((s) => [s.index, s.since]); // prettier-ignore

  it.each([
    ["western-electric-1", [0, 3.1, -3.1], [[1, 1], [2, 2]]], // prettier-ignore
    ["western-electric-2", [2.1, 0, 2.2, -2.2, 2.3, 0, 0, 2.1], [[2, 0], [4, 2]]], // prettier-ignore
    ["western-electric-2", [2.1, NaN, 2.2], []],
    ["western-electric-3", [1.1, 1.2, 0, 1.3, 1.4, 0], [[4, 0]]], // prettier-ignore
    ["western-electric-4", [1, 1, 1, 1, 1, 1, 1, 1, 1], [[7, 0], [8, 0]]], // prettier-ignore
    ["western-electric-4", [1, 1, 1, 1, 0, 1, 1, 1, 1], []],
    ["nelson-1", [3, 3.1], [[1, 1]]], // prettier-ignore
    ["nelson-2", [9, -1, -1, -1, -1, -1, -1, -1, -1, -1], [[9, 1]]], // prettier-ignore
    ["nelson-3", [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], [[5, 0], [6, 0]]], // prettier-ignore
    ["nelson-3", [0, 0.1, 0.2, 0.2, 0.3, 0.4, 0.5], []],
    ["nelson-3", [5, 0.5, 0.4, 0.3, 0.2, 0.1, 0.3], [[5, 0]]], // prettier-ignore
    ["nelson-4", [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], [[13, 0]]], // prettier-ignore
    ["nelson-4", [0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0], []],
    ["nelson-5", [-2.1, 0, -2.2], [[2, 0]]], // prettier-ignore
    ["nelson-6", [-1.1, -1.2, -1.3, 0, -1.4], [[4, 0]]], // prettier-ignore
    ["nelson-7", [...new Array<number>(15).fill(0.5)], [[14, 0]]], // prettier-ignore
    ["nelson-8", [1.5, -1.5, 1.5, -1.5, 1.5, -1.5, 1.5, -1.5], [[7, 0]]], // prettier-ignore
  ] as [string, number[], [number, number][]][])("%s on %j", (rule, values, wanted) => {
    expect(signals(values, rule)).toEqual(wanted);
  });

  it("raise false alarms as published, which is why they are off by default", () => {
    // Champ & Woodall (1987): rules 1 to 4 of Western Electric together run 91.75 points; here the first signal of each stretch is counted.
    const chart = controlChart(normals(200_000, 7), {
      kind: "individuals",
      baseline: known,
      rules: ["western-electric-1", "western-electric-2", "western-electric-3", "western-electric-4"],
    });
    let [start, runs] = [0, 0];
    // A chart begins anew after each alarm: only patterns that lie behind it count.
    for (const { index, since } of chart.signals) if (since >= start) [start, runs] = [index + 1, runs + 1]; // prettier-ignore
    expectClose(start / runs, 91.75, { relative: 0.06, because: "noise of 2000 runs, and a pattern seldom begins before its alarm's end" }); // prettier-ignore
  });

  it("stand in the order of points, then of the list", () => {
    const chart = controlChart([2.5, 3.5, 4], { kind: "individuals", baseline: known, rules: ["nelson-5", "limits"] });
    expect(chart.signals.map(({ index, rule }) => [index, rule])).toEqual([[1, "limits"], [1, "nelson-5"], [2, "limits"], [2, "nelson-5"]]); // prettier-ignore
  });
});

describe("controlChart of shares and rates", () => {
  it("has limits for each size, clipped where no share can be", () => {
    // By hand: center 50 / 250 = 0.2; sigma 0.04 of 100, 0.0566 of 50.
    const chart = controlChart([20, 20, 10, 3], { kind: "p", sizes: [100, 100, 50, 4], baseline: { from: 0, to: 3 } });
    expectClose(chart.center, 0.2, { absolute: 1e-15, because: "rounding" });
    const near = { absolute: 1e-12, because: "rounding" };
    expectClose(chart.upper as number[], [0.32, 0.32, 0.2 + 3 * Math.sqrt(0.0032), 0.8], near);
    expectClose(chart.lower as number[], [0.08, 0.08, 0.2 - 3 * Math.sqrt(0.0032), 0], near);
    expect([chart.sigma, chart.movingRange, codes(chart)]).toEqual([null, null, ["short-baseline"]]);
    const fixed = controlChart([10, 10], { kind: "p", sizes: [20, 30], baseline: { center: 0.9, sigma: 0.05 } });
    expectClose([fixed.upper as number, fixed.lower as number], [1, 0.75], near);
    expect(marked(fixed)).toEqual([0, 1]);
  });

  it("has limits of a rate from 0 on, and one pair on request", () => {
    const chart = controlChart([2, 4, 30], { kind: "u", sizes: [1, 2, 2], baseline: { from: 0, to: 2 }, limits: "constant" }); // prettier-ignore
    const near = { absolute: 1e-12, because: "rounding" };
    expectClose([chart.center, chart.upper as number, chart.lower as number], [2, 2 + 3 * Math.sqrt(2 / 1.5), 0], near);
    expect([marked(chart), codes(chart)]).toEqual([[2], ["short-baseline", "sizes-vary"]]);
  });

  it("screams of large sizes that differ beyond chance, says so, and does not with limits that hold it", () => {
    const random = randomOf(11);
    const sizes = new Array<number>(200).fill(1_000_000);
    const counts = sizes.map((size) => sampleBinomial(random, size, 0.05 + 0.001 * sampleNormal(random)));
    const plain = controlChart(counts, { kind: "p", sizes });
    expect(plain.signals.length).toBeGreaterThan(50);
    expect(codes(plain)).toContain("overdispersed");
    const wide = controlChart(counts, { kind: "p", sizes, overdispersion: true });
    expect(wide.signals.length).toBeLessThan(5);
    expectClose(wide.overdispersion!, Math.hypot(1, 0.001 / Math.sqrt(0.05 * 0.95e-6)), { relative: 0.15, because: "200 points" }); // prettier-ignore
    const binomials = sizes.map(() => sampleBinomial(random, 1000, 0.3));
    expect(codes(controlChart(binomials, { kind: "p", sizes: sizes.map(() => 1000) }))).toEqual(["no-baseline"]);
  });

  it("takes a size of 0 for a gap, and a baseline of zeros for one that does not differ", () => {
    const chart = controlChart([0, 0, 1, NaN], { kind: "p", sizes: [10, 0, 10, 10], baseline: { from: 0, to: 2 } });
    expect([chart.statistic, chart.upper, marked(chart)]).toEqual([[0, null, 0.1, null], [0, null, 0, null], [2]]); // prettier-ignore
    expect(codes(chart)).toEqual(["short-baseline", "zero-sigma", "gaps"]);
  });

  it("refuses counts that cannot be", () => {
    const chart = (values: number[], sizes: number[], kind: "p" | "u" = "p") => (): unknown => controlChart(values, { kind, sizes }); // prettier-ignore
    expectRefusal(chart([0.1], [100]), "invalid-value", "values[0]");
    expectRefusal(chart([-1], [100], "u"), "invalid-value", "values[0]");
    expectRefusal(chart([3], [2]), "invalid-value", "values[0]");
    expectRefusal(chart([3], [0], "u"), "invalid-value", "values[0]");
    expectRefusal(chart([3], [4.5]), "invalid-value", "options.sizes[0]");
    expectRefusal(chart([3], [-4], "u"), "invalid-value", "options.sizes[0]");
    expectRefusal(chart([3], [4, 5]), "shape-mismatch", "options.sizes");
    expectRefusal(chart([0], [0]), "too-few-rows", "baseline");
    expectRefusal(() => controlChart([1], { kind: "p", sizes: [2], baseline: { center: 2 } }), "invalid-option", "options.baseline.center"); // prettier-ignore
  });
});

describe("controlChart of averages", () => {
  it("is that of NIST's example", () => {
    const chart = controlChart(nist, { kind: "ewma", lambda: 0.3, baseline: { center: 50, sigma: 2.0539 } });
    expectClose(chart.statistic[19]!, 51.99, { absolute: 0.005, because: "digits printed" });
    expectClose([(chart.upper as number[])[19], (chart.lower as number[])[19]], [52.5884, 47.4115], { absolute: 1e-4, because: "NIST prints 52.5884 and 47.4115" }); // prettier-ignore
    // The first limits are those of one point weighted by 0.3.
    expectClose((chart.upper as number[])[0], 50 + 3 * 2.0539 * 0.3, { absolute: 1e-12, because: "rounding" });
    expectClose(chart.statistic.slice(0, 3) as number[], [50.6, 49.52, 50.564], { absolute: 1e-9, because: "NIST, rounding" }); // prettier-ignore
    expect(chart.signals).toEqual([]);
  });

  it("runs as long as stated without a change, and finds a small one fast", () => {
    const options = { kind: "ewma", lambda: 0.1, baseline: known, inControlRunLength: 200 } as const;
    const width = controlChart([0], options).width!;
    const runLength = (values: number[]): number => controlChart(values, { kind: "ewma", lambda: 0.1, baseline: known, width }).signals[0]?.index ?? values.length; // prettier-ignore
    const runs = Array.from({ length: 400 }, (_, seed) => 1 + runLength(normals(3000, 1000 + seed)));
    const mean = runs.reduce((sum, length) => sum + length, 0) / runs.length;
    // The term for the start tightens the first limits: a few more alarms at once.
    expectClose(mean, 200, { relative: 0.17, because: "three standard errors of 400 geometric runs" });
    const late = Array.from({ length: 200 }, (_, seed) => runLength(normals(300, 5000 + seed, 1)));
    expect(late.reduce((sum, length) => sum + length, 0) / 200).toBeLessThan(10);
    expect(controlChart([0], options).inControlRunLength).toBe(200);
  });

  it("leaves the average as it is at a gap, and begins with one", () => {
    const chart = controlChart([NaN, 1, NaN, 1], { kind: "ewma", lambda: 0.5, baseline: known });
    expect(chart.statistic).toEqual([null, 0.5, null, 0.75]);
    expect((chart.upper as number[])[0]).toBe((chart.upper as number[])[1]);
    expect(controlChart([1, 2], { kind: "ewma", baseline: { center: 1, sigma: 0 } }).signals).toHaveLength(1);
  });
});

describe("controlChart of sums", () => {
  // Montgomery (2009), table 9.1: mean 10, sigma 1; the last ten are drawn with mean 11.
  const viscosity = [9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.2, 10.34, 9.03, 11.47, 10.51, 9.4, 10.08, 9.37, 10.62, 10.31, 8.52, 10.84, 10.9, 9.33, 12.29, 11.5, 10.6, 11.08, 10.38, 11.62, 11.31, 10.52]; // prettier-ignore

  it("is Montgomery's table: the 29th point signals, the change began after the 22nd", () => {
    const chart = controlChart(viscosity, { kind: "cusum", k: 0.5, h: 5, baseline: { center: 10, sigma: 1 }, reset: false }); // prettier-ignore
    const printed = { absolute: 0.0051, because: "digits printed" };
    expectClose(chart.sums!.high.slice(22, 30) as number[], [1.79, 2.79, 2.89, 3.47, 3.35, 4.47, 5.28, 5.3], printed);
    expectClose(chart.sums!.low.slice(0, 3) as number[], [0.05, 1.56, 1.77], printed);
    expect(chart.signals.map(({ index, side, since }) => [index, side, since])).toEqual([[28, "above", 22], [29, "above", 22]]); // prettier-ignore
    expectClose(chart.inControlRunLength!, 465.44, { absolute: 0.01, because: "digits printed" });
    expectClose(chart.statistic[1]!, -1.56, printed);
  });

  it("begins again after a signal, unless told not to", () => {
    const chart = controlChart(viscosity, { kind: "cusum", h: 5, baseline: { center: 10, sigma: 1 } });
    expect(marked(chart)).toEqual([28]);
    expectClose(chart.sums!.high[29]!, 0.02, { absolute: 1e-9, because: "rounding" });
  });

  it("alarms without a change as seldom as stated: 370 points apart by default", () => {
    const chart = controlChart(normals(400_000, 17), { kind: "cusum", baseline: known });
    expectClose(chart.h!, 4.774, { absolute: 0.001, because: "Hawkins: 4.77" });
    // About 1080 alarms: 3.3 standard errors of their mean distance are 10 %.
    expectClose(400_000 / chart.signals.length, 370, { relative: 0.1, because: "noise of 1080 alarms" });
    const rare = controlChart(normals(400_000, 18), { kind: "cusum", baseline: known, inControlRunLength: 5000 });
    expect(rare.signals.length).toBeGreaterThan(50);
    expect(rare.signals.length).toBeLessThan(115);
    // The textbook's k and h alarm on most stretches of 1000 stable points: one reason to state the run length.
    let alarmed = 0;
    for (let seed = 0; seed < 200; seed++) {
      alarmed += controlChart(normals(1000, 100 + seed), { kind: "cusum", h: 5, baseline: known }).signals.length > 0 ? 1 : 0; // prettier-ignore
    }
    expectClose(alarmed / 200, 0.88, { absolute: 0.07, because: "three standard errors of 200 streams" });
  });

  it("finds falls as well as rises", () => {
    const values = [...normals(50, 1), ...normals(50, 2, -1.5)];
    const [first] = controlChart(values, { kind: "cusum", baseline: known }).signals;
    expect(first.side).toBe("below");
    expect(Math.abs(first.since - 50)).toBeLessThan(6);
  });

  it("keeps its sums over a gap, and signals any difference where nothing differs", () => {
    const chart = controlChart([2, NaN, 2], { kind: "cusum", baseline: known, h: 10 });
    expect(chart.statistic).toEqual([1.5, null, 3]);
    expect(marked(controlChart([5, 5, 5.1], { kind: "cusum", baseline: { center: 5, sigma: 0 } }))).toEqual([2]);
  });
});

describe("options of controlChart", () => {
  it("are refused where they say nothing, or the same twice", () => {
    const bad = (options: object, path: string, values: number[] = [1, 2, 3]): void =>
      expectRefusal(() => controlChart(values, options as never), "invalid-option", path);
    bad({ kind: "individuals", lambda: 0.2 }, "options.lambda");
    bad({ kind: "individuals", sizes: [1, 1, 1] }, "options.sizes");
    bad({ kind: "cusum", width: 3 }, "options.width");
    bad({ kind: "p" }, "options.sizes");
    bad({ kind: "ewma", rules: ["nelson-1"] }, "options.rules");
    bad({ kind: "ewma", width: 3, inControlRunLength: 370 }, "options.inControlRunLength");
    bad({ kind: "cusum", h: 3, inControlRunLength: 370 }, "options.inControlRunLength");
    bad({ kind: "individuals", baseline: { center: 1 } }, "options.baseline.sigma");
    bad({ kind: "individuals", baseline: { from: 0, to: 4 } }, "options.baseline.to");
    expectRefusal(() => controlChart([1, 2], undefined as never), "invalid-option", "options.kind");
  });

  it("refuse what is no number and squares that overflow", () => {
    expectRefusal(() => controlChart([1, Infinity], { kind: "individuals" }), "invalid-value", "values[1]");
    expectRefusal(() => controlChart("12" as never, { kind: "individuals" }), "shape-mismatch", "values");
    expectRefusal(() => controlChart([1e200, -1e200], { kind: "individuals" }), "too-large", "values");
  });
});

describeWithData("controlChart on the traffic of a web server", ["nab_dev"], () => {
  it("finds the failure of a service in its request latency", () => {
    // The labeled anomaly points of labels.json.
    const rows = readDataRows("nab_dev/ec2_request_latency_system_failure.csv.gz");
    const chart = controlChart(rows.map(({ value }) => Number(value)), { kind: "individuals", width: 6, baseline: { from: 0, to: 1000 } }); // prettier-ignore
    const times = new Set(chart.signals.map(({ index }) => rows[index]["timestamp"]));
    expect(rows).toHaveLength(4032);
    for (const failure of ["2014-03-14 09:06:00", "2014-03-18 22:41:00", "2014-03-21 03:01:00"]) {
      expect(times.has(failure), failure).toBe(true);
    }
    expect(times.size).toBeLessThan(40);
  });
});
