import { fitLinear, type LinearModel } from "clientele/predictions";
import { fromMatrix } from "clientele/tables";
import { customerMatrix } from "./data.ts";
import type { Python } from "./python.ts";
import { type Quality, type Race, timed } from "./race.ts";

/** What tells that two implementations found the same line: sums of squares of coefficients and, where known, residuals. */
const qualityOf = ({ coefficients, sigma }: LinearModel): Quality => ({
  coefficients: coefficients.reduce((sum, value) => sum + value * value, 0),
  sigma: sigma ?? 0,
});

/** Least squares of an outcome on all columns: ours with standard errors and tests, scikit-learn's coefficients alone. */
export function linearRace(rows: number, columns: number, gate: number, python: Python): Race {
  const values = customerMatrix(rows, columns);
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    target[row] = ((row * 7919) % 1009) / 1009;
    for (let j = 0; j < columns; j++) target[row] += ((j % 5) - 1.5) * values[row * columns + j];
  }
  const table = fromMatrix(values, { columns });
  const shared = {
    values: python.share(`linear_${rows}_${columns}.f64`, values),
    target: python.share(`linear_${rows}_y.f64`, target),
    columns,
  };
  return {
    kernel: "linear regression",
    size: `${rows} × ${columns}`,
    ours: () => timed(() => fitLinear(table, target), qualityOf),
    peers: [{ name: "scikit-learn, all threads", gate, lap: () => python.lap("linear", shared) }],
  };
}
