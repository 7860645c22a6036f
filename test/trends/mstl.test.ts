import { decomposeMstl, decomposeStl } from "clientele/trends";
import { describe, expect, it } from "vitest";
import golden from "../oracles/mstl.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const hours = Array.from({ length: 240 }, (_, i) => 100 + i / 20 + (8 * ((i * 7) % 24)) / 24 + (i % 60 < 40 ? 5 : 0) + ((i * 37) % 11) / 10); // prettier-ignore
const near = { absolute: 1e-9, because: "statsmodels' STL agrees to 1e-11, and it is run four times" };

describe("decomposeMstl", () => {
  const report = decomposeMstl(hours, { periods: [60, 24] });

  it("finds what the algorithm around statsmodels' STL finds, the shortest season first", () => {
    const at = (values: Float64Array): number[] => golden.pick.map((i) => values[i]);
    expectClose(at(report.trend), golden.trend, near);
    expect(report.seasons.map(({ period }) => period)).toEqual([24, 60]);
    report.seasons.forEach(({ seasonal }, s) => expectClose(at(seasonal), golden.seasons[s], near));
    expectClose(at(report.remainder), golden.remainder, near);
  });

  it("takes the series into parts that add up", () => {
    const [first, second] = report.seasons.map(({ seasonal }) => seasonal);
    hours.forEach((value, i) => {
      expect(report.trend[i] + first[i] + second[i] + report.remainder[i]).toBeCloseTo(value, 10);
    });
    for (const { strength } of report.seasons) expect(strength).toBeGreaterThan(0.9);
  });

  it("is STL where there is one season", () => {
    const one = decomposeMstl(hours, { periods: [24], seasonal: [7] });
    const stl = decomposeStl(hours, { period: 24 });
    expectClose(one.trend, stl.trend, near);
    expectClose(one.seasons[0].seasonal, stl.seasonal, near);
  });

  it("fills gaps when asked to, and knows constant series", () => {
    const gappy = hours.map((value, i) => (i % 50 === 3 ? NaN : value));
    expectRefusal(() => decomposeMstl(gappy, { periods: [24, 60] }), "invalid-value", "series[3]");
    expect(decomposeMstl(gappy, { periods: [24, 60], gaps: "interpolate" }).notes.map(({ code }) => code)).toEqual([
      "gaps-filled",
    ]);
    const flat = decomposeMstl(Array<number>(40).fill(3), { periods: [4, 10] });
    expect(flat.seasons.map(({ strength }) => strength)).toEqual([0, 0]);
  });

  it("refuses short series, and windows that do not fit", () => {
    expectRefusal(() => decomposeMstl(hours.slice(0, 119), { periods: [24, 60] }), "too-few-rows", "series");
    expectRefusal(
      () => decomposeMstl(hours, { periods: [24, 60], seasonal: [7] }),
      "invalid-option",
      "options.seasonal",
    );
    expectRefusal(() => decomposeMstl(hours, { periods: [24, 24] }), "invalid-option", "options.periods");
  });
});
