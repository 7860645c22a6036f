import { randomOf } from "clientele/core";
import { decomposeStl, type StlReport } from "clientele/trends";
import type { Python } from "./python.ts";
import { type Quality, type Race, timed } from "./race.ts";
import { sampleNormal } from "./samplers.ts";

/** Many series taken apart, with the same settings as statsmodels; equal trends are the quality. */
export function stlRace(series: number, steps: number, robust: boolean, gate: number, python: Python): Race {
  const random = randomOf(21);
  const all = Float64Array.from({ length: series * steps }, (_, cell) => {
    const step = cell % steps;
    return 100 + step / 100 + 10 * Math.sin((2 * Math.PI * step) / 7) + sampleNormal(random);
  });
  const rows = Array.from({ length: series }, (_, s) => all.subarray(s * steps, (s + 1) * steps));
  const shared = { values: python.share(`stl_${series}_${steps}.f64`, all), columns: steps, robust };
  const quality = (reports: readonly StlReport[]): Quality => {
    let [trend, seasonal] = [0, 0];
    for (const report of reports) {
      trend += report.trend[steps >> 1];
      seasonal += Math.abs(report.seasonal[steps >> 1]);
    }
    return { trend, seasonal };
  };
  return {
    kernel: robust ? "STL, robust" : "STL",
    size: `${series} × ${steps}, period 7`,
    ours: () => timed(() => rows.map((values) => decomposeStl(values, { period: 7, robust })), quality),
    peers: [{ name: "statsmodels STL", gate, lap: () => python.lap("stl", shared) }],
  };
}
