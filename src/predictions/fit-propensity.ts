import { asCalledBy, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { readOptions, type ReadOptions } from "../core/options.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { measureCalibration } from "./calibration-report.ts";
import { type CalibrationModel, fitCalibration, predictCalibrated } from "./calibration.ts";
import { evaluateClassifier } from "./evaluate-classifier.ts";
import { measureLift } from "./lift.ts";
import { predictLogistic } from "./logistic-scores.ts";
import { fitLogistic, type LogisticModel } from "./logistic.ts";
import { learnColumns, preparedTable, type PreparedColumn } from "./preparation.ts";
import {
  type ClassWeights,
  type StageEvaluation,
  type StageLabels,
  type FitPropensityOptions,
  fitPropensityOptions,
  type PropensityModel,
  type PropensityOutcomes,
  type PropensityTarget,
  type UnusedRow,
} from "./propensity-options.ts";
import { matchRows, type PropensityRows, type WantedStages } from "./propensity-rows.ts";
import { dealtFolds, splitRows } from "./propensity-split.ts";

/** Whose question it is, where nothing else is said. */
const stagesOf: Readonly<Record<PropensityTarget, readonly string[] | null>> = {
  conversion: ["prospect"],
  churn: ["active"],
  reactivation: ["churned"],
  assistance: null,
};

/** With fewer rows even the base rate is a guess. */
export const fewestRows = 10;
/** Fewest rows of either outcome to learn from what probabilities mean. */
export const fewestToCalibrate = 10;
/** Folds in which the rows to learn from take turns to say what probabilities mean. */
const calibrationFolds = 5;
/** Below so many outcomes per coefficient a regression follows chance. */
const enoughPerColumn = 10;
/** Points of the ROC curve that a model carries. */
const curvePoints = 100;

/** What rows have taught. */
export interface Learned {
  readonly columns: readonly PreparedColumn[];
  readonly regression: LogisticModel;
  readonly calibration: CalibrationModel | null;
  readonly classWeights: ClassWeights | null;
  readonly notes: readonly Note[];
}

/** How rows become a model. */
export type LearningPlan = Pick<
  ReadOptions<FitPropensityOptions, "lifecycle" | "stages" | "holdout">,
  "l2" | "fill" | "classWeights" | "calibration" | "seed"
>;

/**
 * Learns from customers whose answer is known how likely others are to do the same, and judges that on customers held out.
 *
 * @param caller - the public function.
 * @param target - what is foreseen.
 * @param table - features, one table per cutoff.
 * @param outcomes - what came.
 * @param options - as given.
 */
export function fitPropensity(
  caller: string,
  target: PropensityTarget,
  table: FeatureTable | readonly FeatureTable[],
  outcomes: PropensityOutcomes,
  options: FitPropensityOptions | undefined,
): PropensityModel {
  const read = readOptions(caller, fitPropensityOptions, options);
  const wanted = wantedStages(caller, target, read);
  const rows = matchRows(caller, table, outcomes, wanted);
  if (rows.outcome.length < fewestRows) {
    refuse(caller, "too-few-rows", "outcomes", `at least ${fewestRows} rows with features`, String(rows.outcome.length)); // prettier-ignore
  }
  const split = splitRows(caller, rows, read);
  if (split.test.length === 0) refuse(caller, "too-few-rows", "outcomes", "customers enough to hold some out", "fewer");
  const judged = learn(caller, rows, split.train, read);
  const outcome = Uint8Array.from(split.test, (row) => rows.outcome[row]);
  const probability = probabilitiesOf(caller, rows, judged, split.test);
  const evaluation = evaluateClassifier(outcome, probability, { curvePoints });
  const everything = Uint32Array.from(rows.outcome.keys());
  const final = read.refit ? learn(caller, rows, everything, read) : judged;
  const dropped: Partial<Record<UnusedRow, number>> = {};
  const drop = (reason: UnusedRow, count: number): void => {
    if (count > 0) dropped[reason] = count;
  };
  drop("not-in-table", rows.notInTable);
  drop("other-stage", rows.otherStage);
  drop("open-horizon", split.openHorizon);
  drop("other-side", split.otherSide);
  const { columns, regression, calibration, classWeights } = final;
  return {
    kind: "propensity",
    version: 1,
    features: [...rows.names],
    notes: [...final.notes, ...split.notes, ...targetNotes(target, rows), ...evaluation.notes],
    target,
    stages: wanted === undefined ? null : [...wanted.stages],
    ...{ columns, regression, calibration, classWeights },
    baseRate: baseRateOf(rows, read.refit ? everything : split.train),
    rows: { read: rows.read, learned: split.train.length, heldOut: split.test.length, dropped },
    holdout: {
      by: split.by,
      cutoff: split.cutoff,
      rows: split.test.length,
      customers: new Set(split.test.map((row) => rows.customer[row])).size,
    },
    evaluation,
    byStage: (wanted?.stages ?? []).map((stage, place) => {
      const own = [...split.test.keys()].filter((i) => rows.stage[split.test[i]] === place);
      return stageEvaluation(
        stage,
        own.map((i) => outcome[i]),
        own.map((i) => probability[i]),
      );
    }),
    reliability: measureCalibration(outcome, probability),
    lift: measureLift(outcome, probability),
    refitted: read.refit,
  };
}

/** The stages of the lifecycle whose customers are meant; all when undefined. */
export function wantedStages(
  caller: string,
  target: PropensityTarget,
  { lifecycle, stages }: Pick<FitPropensityOptions, "lifecycle" | "stages">,
): WantedStages | undefined {
  if (lifecycle === undefined) {
    if (stages !== undefined) refuse(caller, "invalid-option", "options.stages", "absent without lifecycle", "given");
    return undefined;
  }
  const list: readonly StageLabels[] = Array.isArray(lifecycle) ? lifecycle : [lifecycle as StageLabels];
  const wanted = stages ?? stagesOf[target];
  return wanted === null ? undefined : { lifecycle: list, stages: wanted };
}

/** Columns, regression and calibration from some rows, and from no others. */
export function learn(caller: string, rows: PropensityRows, train: Uint32Array, read: LearningPlan): Learned {
  const outcome = Uint8Array.from(train, (row) => rows.outcome[row]);
  const positives = outcome.reduce((sum, one) => sum + one, 0);
  if (positives === 0 || positives === outcome.length) {
    const expected = "both 0 and 1 among the rows to learn from";
    refuse(caller, "degenerate-data", "outcomes", expected, `only ${positives === 0 ? 0 : 1}`);
  }
  const classWeights = weightsOf(read, outcome.length, positives);
  const regressed = regress(caller, rows, train, read, classWeights);
  const calibration = read.calibration === "none" ? null : calibrate(caller, rows, train, read, classWeights);
  const notes = [...regressed.notes];
  if (classWeights !== null && calibration === null) {
    const message = "Scores not calibrated: rows counted by outcome, so probabilities are not rates. Use them to rank, or give calibration."; // prettier-ignore
    notes.push({ code: "scores-not-calibrated", message });
  }
  const fewer = Math.min(positives, outcome.length - positives);
  if (fewer < enoughPerColumn * regressed.columns.length) {
    const message = `${fewer} rows of the rarer outcome for ${regressed.columns.length} columns: chance shows. Use fewer features, more cutoffs or more l2.`; // prettier-ignore
    notes.push({ code: "few-outcomes-per-column", message });
  }
  return { ...regressed, calibration, classWeights, notes: [...notes, ...(calibration?.notes ?? [])] };
}

function weightsOf({ classWeights }: LearningPlan, rows: number, positives: number): ClassWeights | null {
  if (classWeights === "none") return null;
  if (classWeights !== "balanced") return { negative: classWeights.negative, positive: classWeights.positive };
  return { negative: rows / (2 * (rows - positives)), positive: rows / (2 * positives) };
}

function regress(
  caller: string,
  rows: PropensityRows,
  train: Uint32Array,
  { l2, fill }: LearningPlan,
  classWeights: ClassWeights | null,
): Pick<Learned, "columns" | "regression" | "notes"> {
  const { columns, notes } = learnColumns(caller, rows, train, fill);
  if (columns.length === 0) {
    refuse(caller, "degenerate-data", "table", "a feature that differs between the rows to learn from", "none");
  }
  const outcome = Uint8Array.from(train, (row) => rows.outcome[row]);
  const weights =
    classWeights === null
      ? undefined
      : Float64Array.from(outcome, (one) => (one === 1 ? classWeights.positive : classWeights.negative));
  const prepared = preparedTable(caller, rows, columns, train);
  const regression = asCalledBy(caller, "options", () => fitLogistic(prepared, outcome, { l2, weights }));
  return { columns, regression, notes: [...notes, ...regression.notes] };
}

/** What probabilities mean, from rows that the regression was not fitted on, each in its turn. */
function calibrate(
  caller: string,
  rows: PropensityRows,
  train: Uint32Array,
  read: LearningPlan,
  classWeights: ClassWeights | null,
): CalibrationModel | null {
  if (read.calibration === "none") return null;
  const positives = train.reduce((sum, row) => sum + rows.outcome[row], 0);
  if (Math.min(positives, train.length - positives) < fewestToCalibrate) {
    refuse(caller, "too-few-rows", "outcomes", `at least ${fewestToCalibrate} rows of each outcome to calibrate on`, "fewer"); // prettier-ignore
  }
  const foldOf = dealtFolds(rows, train, calibrationFolds, read.seed);
  const probability = new Float64Array(train.length);
  for (let fold = 0; fold < calibrationFolds; fold++) {
    const own = train.filter((_, i) => foldOf[i] === fold);
    const others = train.filter((_, i) => foldOf[i] !== fold);
    const { columns, regression } = regress(caller, rows, others, read, classWeights);
    const predicted = predictLogistic(regression, preparedTable(caller, rows, columns, own));
    let place = 0;
    for (let i = 0; i < train.length; i++) if (foldOf[i] === fold) probability[i] = predicted[place++];
  }
  const outcome = Uint8Array.from(train, (row) => rows.outcome[row]);
  return fitCalibration(outcome, probability, { method: read.calibration });
}

/** What rows that were learned from say of others. */
export function probabilitiesOf(
  caller: string,
  rows: PropensityRows,
  { columns, regression, calibration }: Learned,
  which: Uint32Array,
): Float64Array {
  const raw = predictLogistic(regression, preparedTable(caller, rows, columns, which));
  return calibration === null ? raw : predictCalibrated(calibration, raw);
}

function stageEvaluation(stage: string, outcome: readonly number[], probability: readonly number[]): StageEvaluation {
  if (outcome.length === 0) return { stage, n: 0, positives: 0, auc: null, brier: null, skill: null };
  const { n, positives, auc, brier, skill } = evaluateClassifier(outcome, probability, { curvePoints: 2 });
  return { stage, n, positives, auc, brier, skill: skill.brier };
}

function baseRateOf({ outcome }: PropensityRows, which: Uint32Array): number {
  return which.reduce((sum, row) => sum + outcome[row], 0) / which.length;
}

/** The conversion of those who have bought is not what is meant. */
function targetNotes(target: PropensityTarget, { names, values }: PropensityRows): Note[] {
  const j = names.indexOf("orderCount");
  if (target !== "conversion" || j < 0) return [];
  let buyers = 0;
  for (let cell = j; cell < values.length; cell += names.length) if (values[cell] > 0) buyers++;
  if (buyers === 0) return [];
  const message = `${buyers} rows are of customers who have bought before: label outcomes with except: { events }, or give lifecycle.`;
  return [{ code: "bought-before", message }];
}
