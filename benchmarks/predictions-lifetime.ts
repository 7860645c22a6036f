import { randomOf } from "clientele/core";
import { fitBgNbd } from "clientele/predictions";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import type { Python } from "./python.ts";
import { budget, type Race, timed } from "./race.ts";
import { sampleBeta, sampleGamma } from "./samplers.ts";

/** Histories of customers who buy and leave as BG/NBD says, with CDNOW's parameters, in weeks of whole days. */
function simulatedHistories(customers: number): Float64Array {
  const random = randomOf(24);
  const values = new Float64Array(3 * customers);
  for (let i = 0; i < customers; i++) {
    const rate = sampleGamma(random, 0.2426) / 4.4136;
    const leaving = sampleBeta(random, 0.7929, 2.4259);
    const days = 189 + Math.floor(84 * random.next());
    let day = 0;
    for (let now = 0; ;) {
      now -= (7 * Math.log(1 - random.next())) / rate;
      if (!(now < days)) break;
      // Purchases of one day are one, as in a summary of dates.
      if (Math.ceil(now) > day) values[3 * i]++;
      day = Math.ceil(now);
      if (random.next() < leaving) break;
    }
    values[3 * i + 1] = day / 7;
    values[3 * i + 2] = days / 7;
  }
  return values;
}

/** Distinct rows and how often each occurs: what the peer is given, so that it does not repeat work either. */
function distinct(values: Float64Array): { rows: Float64Array; weight: Float64Array } {
  const counts = new Map<string, number>();
  for (let i = 0; i < values.length; i += 3) {
    const key = values.subarray(i, i + 3).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = Float64Array.from([...counts.keys()].flatMap((key) => key.split(",").map(Number)));
  return { rows, weight: Float64Array.from(counts.values()) };
}

function summaryOf(values: Float64Array): FeatureTable {
  return fromMatrix(values, { names: ["frequency", "recency", "age"] });
}

/** A fit of BG/NBD from the table of all customers, standard errors included, against SciPy's L-BFGS-B on distinct rows. */
export function lifetimeRace(customers: number, python: Python): Race {
  const values = simulatedHistories(customers);
  const table = summaryOf(values);
  const { rows, weight } = distinct(values);
  const shared = { rows: python.share("bg_rows.f64", rows), weight: python.share("bg_weight.f64", weight) };
  return {
    kernel: "BG/NBD",
    size: `${customers} customers`,
    ours: () => timed(() => fitBgNbd(table), qualityOf),
    peers: [
      {
        name: "scipy L-BFGS-B, exact gradient, distinct rows",
        gate: 2,
        lap: () => python.lap("bg_nbd", shared),
      },
    ],
  };
}

/** A fit of as many customers as CDNOW has, against the goal. */
export function smallLifetimeRace(): Race {
  const table = summaryOf(simulatedHistories(2357));
  return {
    kernel: "BG/NBD",
    size: "2357 customers",
    ours: () => timed(() => fitBgNbd(table), qualityOf),
    peers: [budget(0.05)],
  };
}

function qualityOf(model: ReturnType<typeof fitBgNbd>): Record<string, number> {
  const { logLikelihood, gradientNorm, iterations, r, alpha, a, b } = model;
  return { logLikelihood, gradientNorm, iterations, r, alpha, a, b };
}
