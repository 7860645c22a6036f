import { existsSync } from "node:fs";
import { randomOf } from "clientele/core";
import { type CoxModel, fitCox } from "clientele/predictions";
import { fromMatrix } from "clientele/tables";
import { customerMatrix } from "./data.ts";
import type { Python } from "./python.ts";
import { type Quality, type Race, timed } from "./race.ts";
import { sampleNormal } from "./samplers.ts";

interface Stays {
  readonly durations: Float64Array;
  readonly events: Int32Array;
}

/** Durations in whole hours drawn from hazards that depend on the features, about half of them censored: with ties, as in life. */
function staysOf(values: Float64Array, columns: number): Stays {
  const random = randomOf(41);
  const slopes = Array.from({ length: columns }, () => 0.3 * sampleNormal(random));
  const events = new Int32Array(values.length / columns);
  const durations = Float64Array.from(events, (_, row) => {
    const logHazard = slopes.reduce((sum, slope, j) => sum + slope * values[row * columns + j], 0);
    const life = (-720 * Math.log(1 - random.next())) / Math.exp(logHazard);
    const end = 1440 * random.next();
    events[row] = life <= end ? 1 : 0;
    return Math.ceil(Math.min(life, end));
  });
  return { durations, events };
}

const qualityOf = ({ logLikelihood, gradientNorm, iterations }: CoxModel): Quality => ({ objective: logLikelihood, gradientNorm, iterations }); // prettier-ignore

/**
 * A Cox regression with Efron's ties, standard errors, baseline and concordance, against the coefficients of statsmodels and,
 * where Debian's r-cran-survival is installed, R's `coxph` (with concordance) and the `coxph.fit` inside it (without).
 */
export function coxRace(rows: number, columns: number, gate: number, python: Python): Race {
  const values = customerMatrix(rows, columns);
  const { durations, events } = staysOf(values, columns);
  const table = fromMatrix(values, { columns });
  const shared = {
    values: python.share(`X_${rows}_${columns}.f64`, values),
    durations: python.share(`stays_${rows}.f64`, durations),
    events: python.share(`left_${rows}.i32`, events),
    columns,
  };
  const inR = [{ entry: "coxph", gate: 1 }, { entry: "coxph.fit", gate: null }].map((peer) => ({
    name: `R survival ${peer.entry}, Efron`,
    gate: peer.gate,
    lap: () => python.lap("cox-r", { ...shared, entry: peer.entry }),
  })); // prettier-ignore
  return {
    kernel: "Cox regression",
    size: `${rows} × ${columns}`,
    ours: () => timed(() => fitCox(table, durations, Uint8Array.from(events)), qualityOf),
    peers: [
      { name: "statsmodels PHReg, Efron", gate, lap: () => python.lap("cox", shared) },
      ...(existsSync("/usr/lib/R/library/survival") || existsSync("/usr/lib/R/site-library/survival") ? inR : []),
    ],
  };
}
