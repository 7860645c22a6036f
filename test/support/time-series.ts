import type { Random } from "clientele/core";
import type { Series } from "clientele/tables";
import { seriesOf } from "clientele/trends";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import { readDataRows } from "./data.ts";
import { logOf } from "./logs.ts";

/** The values of one of R's series. */
export function valuesOf(name: string): number[] {
  return readDataRows(`ts_classic/${name}.csv`).map(({ value }) => Number(value));
}

/** Mauna Loa's weekly CO2 as means of months; five months have no measurement. */
export function monthsOfCo2(): Series {
  const weeks = readDataRows("ts_co2_weekly/co2_weekly.csv").map(({ date, co2 }) => {
    const time = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6)));
    return ["Mauna Loa", "co2", time, co2 === "" ? NaN : Number(co2)] as const;
  });
  return seriesOf(logOf(weeks), { period: "month", value: "mean" });
}

/** Normal numbers from a seed. */
export function gaussian(random: Random): () => number {
  return () => sampleNormal(random);
}
