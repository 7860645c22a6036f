import { randomOf } from "clientele/core";
import { type ProportionStats, testProportions, type TwoArms } from "clientele/experiments";
import {
  coverage,
  cupedRejections,
  falseDiscoveries,
  meanRejections,
  peeking,
  proportionRejections,
  ratioRejections,
} from "./experiment-gates.ts";
import type { Python } from "./python.ts";
import { budget, type Race, timed } from "./race.ts";

/** Many tests of shares from counts: the goal is a tenth of a second for 10,000; statsmodels tests one pair at a time. */
export function manyTestsRace(tests: number, seconds: number, python?: Python): Race {
  const random = randomOf(8);
  const data = Array.from({ length: tests }, (): TwoArms<ProportionStats> => {
    const n = 1000 + random.integer(9000);
    return { control: { n, successes: random.integer(n / 4) }, treatment: { n, successes: random.integer(n / 4) } };
  });
  const counts = Float64Array.from(data.flatMap(({ control, treatment }) => [control.successes, control.n, treatment.successes, treatment.n])); // prettier-ignore
  const quality = (pValues: readonly (number | null)[]) => ({ meanP: pValues.reduce((sum: number, p) => sum + (p ?? 1), 0) / tests }); // prettier-ignore
  return {
    kernel: "A/B tests of shares",
    size: `${tests} tests`,
    ours: () => timed(() => data.map((one) => testProportions(one).pValue), quality),
    peers: [
      budget(seconds),
      ...(python === undefined
        ? []
        : [
            {
              name: "statsmodels proportions_ztest, one by one",
              gate: 1,
              lap: () => python.lap("proportions", { counts: python.share(`counts_${tests}.f64`, counts) }),
            },
          ]),
    ],
  };
}

/** What the tests of experiments promise, simulated in full; the figures are its quality. */
export function gatesRace(): Race {
  return {
    kernel: "promises of tests",
    size: "10,000 A/A experiments each",
    ours: () =>
      timed(
        () => ({
          shares: proportionRejections(10_000).share,
          amounts: meanRejections(10_000).share,
          ratios: ratioRejections(10_000).share,
          cuped: cupedRejections(10_000).share,
          ...peeking(1500, 2000),
          coverage: coverage(10_000),
          falseDiscoveries: falseDiscoveries(2000),
        }),
        (found) => found,
      ),
    peers: [],
  };
}
