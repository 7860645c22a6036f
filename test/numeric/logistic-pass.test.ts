import { describe, expect, it } from "vitest";
import { type LogisticSums, type OutcomeRows, withLogisticPass } from "../../src/numeric/logistic-pass.ts";
import { cloud } from "../support/clouds.ts";
import { expectClose } from "../support/close-to.ts";

/** The definition, row by row, with every k-th run of 8 rows. */
function byDefinition(
  data: OutcomeRows,
  center: Float64Array,
  beta: Float64Array,
  every: number,
): LogisticSums & { readonly sums: Float64Array } {
  const { values, rows, columns, outcome, weights } = data;
  const size = columns + 1;
  const sums = new Float64Array(size);
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  let [loss, least, greatest] = [0, Infinity, -Infinity];
  for (let row = 0; row < rows; row++) {
    if ((row >> 3) % every !== 0) continue;
    const line = [1, ...Array.from({ length: columns }, (_, j) => values[row * columns + j] - center[j])];
    const logOdds = line.reduce((sum, x, j) => sum + x * beta[j], 0);
    const weight = weights === undefined ? 1 : weights[row];
    const p = 1 / (1 + Math.exp(-logOdds));
    const margin = outcome[row] === 1 ? logOdds : -logOdds;
    loss += weight * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
    if (weight > 0) [least, greatest] = [Math.min(least, margin), Math.max(greatest, margin)];
    for (let a = 0; a < size; a++) {
      sums[a] += weight * line[a];
      gradient[a] += weight * (outcome[row] - p) * line[a];
      for (let b = 0; b < size; b++) hessian[a * size + b] += weight * p * (1 - p) * line[a] * line[b];
    }
  }
  return { loss, least, greatest, sums, gradient, hessian };
}

function dataOf(rows: number, columns: number, weighted: boolean): OutcomeRows {
  const values = cloud(rows, columns, { seed: rows + columns });
  const outcome = Uint8Array.from({ length: rows }, (_, row) => Number((row * 7) % 3 === 0));
  const weights = weighted ? Float64Array.from({ length: rows }, (_, row) => (row * 5 + 1) % 4) : undefined;
  return { values, rows, columns, outcome, weights };
}

describe("withLogisticPass", () => {
  const shapes = [1, 7, 127, 128, 129, 300, 40_000].flatMap((rows) => [1, 2, 3, 4, 8].map((d) => [rows, d] as const));

  it.each(shapes)("adds up what the definition says for %i × %i, in blocks, samples and with weights", (rows, d) => {
    const center = Float64Array.from({ length: d }, (_, j) => 0.5 - j);
    const beta = Float64Array.from({ length: d + 1 }, (_, j) => Math.sin(j + 1));
    for (const weighted of [false, true]) {
      const data = dataOf(rows, d, weighted);
      for (const every of rows > 300 ? [1, 8] : [1, 2]) {
        const wanted = byDefinition(data, center, beta, every);
        const because = "sums in another order, which may cancel";
        const [full, light] = withLogisticPass(data, center, (pass) => [
          pass.at(beta, true, every),
          pass.at(beta, false, every),
        ]);
        for (const field of ["loss", "least", "greatest"] as const) {
          expectClose(full[field], wanted[field], { relative: 1e-12, absolute: 1e-12, because });
          expect(light[field]).toBe(full[field]);
        }
        for (const field of ["gradient", "hessian"] as const) {
          expectClose(full[field]!, wanted[field]!, { absolute: 1e-13 * rows * (d + 9) + 1e-12, because });
        }
        expect(light.gradient).toEqual(full.gradient);
        expect(light.hessian).toBeUndefined();
      }
    }
  });

  it("is exact to the last digits from log odds of 0 to those where a double ends, on both sides", () => {
    const logOdds = [0, 1e-300, 1e-9, 0.3, 1, 5, 20, 36, 40, 300, 700, 707];
    for (const x of [...logOdds, ...logOdds.map((value) => -value)]) {
      for (const y of [0, 1]) {
        const data: OutcomeRows = { values: Float64Array.of(1), rows: 1, columns: 1, outcome: Uint8Array.of(y), weights: undefined }; // prettier-ignore
        const { loss, gradient, hessian } = withLogisticPass(data, Float64Array.of(0), (pass) =>
          pass.at(Float64Array.of(0, x), true),
        );
        const margin = y === 1 ? x : -x;
        const e = Math.exp(-Math.abs(x));
        const because = "an ulp or two of eˣ and of log(1 + e)";
        const near = { relative: 2e-15, because };
        expectClose(loss, Math.log1p(e) + Math.max(0, -margin), near);
        expectClose(gradient[0], (y === 1 ? 1 : -1) * (margin >= 0 ? e / (1 + e) : 1 / (1 + e)), near);
        expectClose(hessian![0], e / (1 + e) / (1 + e), near);
      }
    }
  });

  it("stays finite beyond, and carries NaN into its sums", () => {
    const data: OutcomeRows = { values: Float64Array.of(1e5, -1e5), rows: 2, columns: 1, outcome: Uint8Array.of(1, 1), weights: undefined }; // prettier-ignore
    const at = (beta: number, values = data.values): LogisticSums =>
      withLogisticPass({ ...data, values }, Float64Array.of(0), (pass) => pass.at(Float64Array.of(0, beta), true));
    expect(at(1).loss).toBe(1e5);
    expect(at(1).gradient[1]).toBeCloseTo(-1e5, 6);
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const beta of [0, 1]) expect(at(beta, Float64Array.of(1, bad)).gradient[1]).not.toSatisfy(Number.isFinite);
    }
  });
});
