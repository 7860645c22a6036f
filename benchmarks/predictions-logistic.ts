import { fitLogistic, type LogisticModel } from "clientele/predictions";
import { fromMatrix } from "clientele/tables";
import { randomOf } from "clientele/core";
import { customerMatrix } from "./data.ts";
import type { Python } from "./python.ts";
import { type Quality, type Race, timed } from "./race.ts";
import { sampleNormal } from "./samplers.ts";

/** The l2 of every racer: scikit-learn's C = 1. */
const l2 = 1;

/** Outcomes drawn from log odds that are linear in the features, about a third of them 1. */
function outcomesOf(values: Float64Array, columns: number): Uint8Array {
  const random = randomOf(31);
  const slopes = Array.from({ length: columns }, () => 0.5 * sampleNormal(random));
  return Uint8Array.from({ length: values.length / columns }, (_, row) => {
    const logOdds = slopes.reduce((sum, slope, j) => sum + slope * values[row * columns + j], -1.2);
    return random.next() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
  });
}

/** The penalized loss and its largest derivative per row, from the definition. */
function qualityOf(values: Float64Array, outcome: Uint8Array, model: LogisticModel): Quality {
  const { coefficients, intercept } = model;
  const columns = coefficients.length;
  const gradient = new Float64Array(columns + 1);
  let objective = coefficients.reduce((sum, slope) => sum + (l2 / 2) * slope * slope, 0);
  for (let row = 0; row < outcome.length; row++) {
    let logOdds = intercept;
    for (let j = 0; j < columns; j++) logOdds += coefficients[j] * values[row * columns + j];
    objective += Math.log1p(Math.exp(-Math.abs(logOdds))) + Math.max(0, logOdds) - outcome[row] * logOdds;
    const rest = 1 / (1 + Math.exp(-logOdds)) - outcome[row];
    for (let j = 0; j < columns; j++) gradient[j] += rest * values[row * columns + j];
    gradient[columns] += rest;
  }
  coefficients.forEach((slope, j) => (gradient[j] += l2 * slope));
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { objective, gradientNorm: largest / outcome.length, iterations: model.iterations };
}

/** A logistic regression with standard errors, against scikit-learn's two best solvers, which give none. */
export function logisticRace(rows: number, columns: number, gate: number, python: Python): Race {
  const values = customerMatrix(rows, columns);
  const outcome = outcomesOf(values, columns);
  const table = fromMatrix(values, { columns });
  const shared = {
    values: python.share(`X_${rows}_${columns}.f64`, values),
    outcome: python.share(`y_${rows}_${columns}.i32`, Int32Array.from(outcome)),
    columns,
  };
  const names = {
    "newton-cholesky": "scikit-learn newton-cholesky, all threads",
    lbfgs: "scikit-learn lbfgs, all threads",
  };
  return {
    kernel: "logistic regression",
    size: `${rows} × ${columns}`,
    ours: () =>
      timed(
        () => fitLogistic(table, outcome, { l2 }),
        (model) => qualityOf(values, outcome, model),
      ),
    peers: Object.entries(names).map(([solver, name]) => ({
      name,
      gate,
      lap: () => python.lap("logistic", { ...shared, solver, l2 }),
    })),
  };
}
