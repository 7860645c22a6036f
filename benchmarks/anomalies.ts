import { fitIsolationForest, scoreIsolationForest } from "clientele/anomalies";
import { randomOf } from "clientele/core";
import { fromMatrix } from "clientele/tables";
import { areaUnderRoc } from "../test/support/auc.ts";
import { customerMatrix } from "./data.ts";
import type { Python } from "./python.ts";
import { type Race, type Racer, timed } from "./race.ts";

/** A hundredth of the customers is moved at random, far beyond the crowd, in every feature. */
function withStrays(values: Float64Array, columns: number): Int32Array {
  const random = randomOf(77);
  const odd = new Int32Array(values.length / columns);
  for (let row = 0; row < odd.length; row++) {
    if (random.next() >= 0.01) continue;
    odd[row] = 1;
    for (let j = 0; j < columns; j++) values[row * columns + j] += 6 * (random.next() - 0.5);
  }
  return odd;
}

/** 100 trees of 256 customers, from rows in one array to a score per row. */
export function isolationRace(rows: number, columns: number, python: Python | undefined): Race {
  const values = customerMatrix(rows, columns);
  const odd = withStrays(values, columns);
  const table = fromMatrix(values, { columns });
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = { values: python.share(`strays_${rows}_${columns}.f64`, values), odd: python.share(`strays_${rows}.i32`, odd), columns }; // prettier-ignore
    for (const [name, jobs] of [
      ["one thread", 1],
      ["all threads", -1],
    ] as const) {
      // prettier-ignore
      const lap = (): ReturnType<Racer["lap"]> => python.lap("isolation-forest", { ...shared, jobs });
      peers.push({ name: `scikit-learn, ${name}`, gate: 7, lap });
    }
  }
  return {
    kernel: "isolation forest, fit and score",
    size: `${rows} × ${columns}, 100 × 256`,
    ours: () =>
      timed(
        () => scoreIsolationForest(fitIsolationForest(table), table),
        (scores) => ({ auc: areaUnderRoc(scores, odd) }),
      ),
    peers,
  };
}

/** How the cost grows: time(2n) / time(n), printed and not raced. */
export function isolationGrowth(): { kernel: string; ratio: number }[] {
  const best = (rows: number): number => {
    const table = fromMatrix(customerMatrix(rows, 8), { columns: 8 });
    const job = (): Float64Array => scoreIsolationForest(fitIsolationForest(table), table);
    return Math.min(...[1, 2, 3].map(() => timed(job, () => ({})).seconds));
  };
  return [{ kernel: "isolation forest × 8, 200k → 400k", ratio: best(400_000) / best(200_000) }];
}
