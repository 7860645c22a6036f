import { randomOf } from "clientele/core";
import { type ArimaModel, fitArima, type FitArimaOptions } from "clientele/trends";
import type { Python } from "./python.ts";
import { type Quality, type Race, timed } from "./race.ts";
import { sampleNormal } from "./samplers.ts";

/** A series that an airline model fits: changes from season to season remember their last error, with errors of 4 %. */
function airlineSeries(count: number, period: number): Float64Array {
  const random = randomOf(47);
  const errors = Float64Array.from({ length: count }, () => 0.04 * sampleNormal(random));
  const at = (list: Float64Array, t: number): number => (t < 0 ? 0 : list[t]);
  const season = (t: number): number => 5 + 0.2 * Math.sin((2 * Math.PI * t) / period);
  const values = new Float64Array(count);
  for (let t = 0; t < count; t++) {
    const near = at(errors, t) - 0.4 * at(errors, t - 1);
    const change = near - 0.6 * at(errors, t - period) + 0.24 * at(errors, t - period - 1);
    const before = t <= period ? season(t) : values[t - 1] + values[t - period] - values[t - period - 1];
    values[t] = before + change;
  }
  return values;
}

const qualityOf = ({ logLikelihood, iterations }: ArimaModel): Quality => ({ logLikelihood, iterations });

/**
 * A seasonal ARIMA model by exact maximum likelihood with standard errors, against statsmodels' SARIMAX on the same differenced
 * series, whose likelihood is then the same number.
 */
export function arimaRace(count: number, options: FitArimaOptions, gate: number, python: Python): Race {
  const period = options.seasonal?.period ?? 1;
  const series = airlineSeries(count, period);
  const shared = {
    values: python.share(`airline_${count}_${period}.f64`, series),
    order: options.order,
    seasonal: [...(options.seasonal?.order ?? [0, 0, 0]), options.seasonal === undefined ? 0 : period],
  };
  return {
    kernel: `ARIMA (${options.order.join()})(${options.seasonal?.order.join() ?? ""})`,
    size: String(count),
    ours: () => timed(() => fitArima(series, options), qualityOf),
    peers: [{ name: "statsmodels SARIMAX", gate, lap: () => python.lap("sarimax", shared) }],
  };
}
