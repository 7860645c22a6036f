import { type FeatureTable, fromMatrix, labelsOf } from "clientele/tables";
import { stepAdwin, stepPageHinkley } from "clientele/trends";
import { stepAdwinOptions } from "../../src/trends/adwin.ts";
import { controlChartOptions } from "../../src/trends/control-options.ts";
import { fitDriftReferenceOptions } from "../../src/trends/drift-reference.ts";
import { measureDriftOptions } from "../../src/trends/drift.ts";
import { measureJensenShannonOptions } from "../../src/trends/jensen-shannon.ts";
import { testKsOptions } from "../../src/trends/ks-test.ts";
import { stepPageHinkleyOptions } from "../../src/trends/page-hinkley.ts";
import { measureSegmentDriftOptions } from "../../src/trends/segment-drift.ts";
import { measurePsiOptions } from "../../src/trends/psi.ts";
import { type Samples, table } from "./sample.ts";

const orders = [52, 47, 53, 49, 50, 51, 48, 50, 71, 49];

const baskets = (shift: number): FeatureTable =>
  fromMatrix(
    Array.from({ length: 60 }, (_, i) => [((i * 7) % 60) + shift, (i * 13) % 50]),
    { names: ["basket", "age"] },
  );

const segmented = (shift: number) => ({ table: baskets(shift), labels: labelsOf(Array.from({ length: 60 }, (_, i) => i % 3)) }); // prettier-ignore

/** One ordinary call of each function of clientele/trends that watches for changes. */
export const controlSamples: Samples = {
  controlChart: {
    args: () => [[...orders], { kind: "individuals", baseline: { from: 0, to: 8 } }],
    options: table(controlChartOptions),
  },
  fitDriftReference: { args: () => [baskets(0), {}], options: table(fitDriftReferenceOptions) },
  measureDrift: { args: () => [baskets(0), baskets(30), {}], options: table(measureDriftOptions) },
  measureSegmentDrift: {
    args: () => [segmented(0), segmented(9), {}],
    options: table(measureSegmentDriftOptions),
  },
  measureJensenShannon: { args: () => [[...orders], [50, 60, 70], {}], options: table(measureJensenShannonOptions) },
  measurePsi: { args: () => [[...orders], [50, 60, 70], {}], options: table(measurePsiOptions) },
  measureWasserstein: { args: () => [[...orders], [50, 60, 70]] },
  stepAdwin: { args: () => [stepAdwin(undefined, 1).state, 2, {}], options: table(stepAdwinOptions) },
  stepPageHinkley: {
    args: () => [stepPageHinkley(undefined, 1).state, 2, {}],
    options: table(stepPageHinkleyOptions),
  },
  testKs: { args: () => [[...orders], [50, 60, 70], {}], options: table(testKsOptions) },
};
