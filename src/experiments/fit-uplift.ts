import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, isTextList, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { probabilityOf } from "../numeric/logistic-line.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { type Arms, outcomeKindOption, type OutcomeNumbers, readArms, type UpliftOutcomeKind } from "./arms.ts";
import { findLine, type FoundLine, type LineRows, type LineSearch, type UpliftLine } from "./outcome-line.ts";
import { type CrossedEffect, type UpliftLearner, type UpliftModel, upliftOf } from "./uplift-model.ts";

/** Options of {@link fitUplift}. */
export interface FitUpliftOptions {
  /**
   * How effects are learned: `"t"`, a model of the outcome per arm, compared; `"s"`, one model of all arms in which the treatment
   * interacts with features; `"x"`, a model of each customer's own gain.
   */
  readonly learner: UpliftLearner;
  /** What the outcome is; default `"auto"`: binary where all outcomes are 0 or 1. */
  readonly outcomeKind?: UpliftOutcomeKind | "auto" | undefined;
  /**
   * Ridge: λ of the penalty on the coefficients of standardized features, λ · Σ coefficient² beside Σ residual² of amounts, λ/2 · Σ
   * coefficient² beside the log loss of 0 and 1. The level of each arm is free. Default 0, no penalty.
   */
  readonly l2?: number | undefined;
  /** S-learner: features by which the effect may differ; default `"all"`. Without any it would be the same for everybody. */
  readonly interactions?: "all" | readonly string[] | undefined;
  /**
   * X-learner: how the two halves are weighed. `"share"` (default) by the share of the treated, right for an experiment; `"logistic"` by
   * a logistic model of who was treated.
   */
  readonly propensity?: "share" | "logistic" | undefined;
}

/** Option table of {@link fitUplift}. */
export const fitUpliftOptions: OptionTable<FitUpliftOptions> = {
  learner: oneOf(["s", "t", "x"]),
  outcomeKind: outcomeKindOption(),
  l2: real({ min: 0, max: 1e15, default: 0 }),
  interactions: custom<"all" | readonly string[]>(
    '"all" or a list of feature names',
    (value) => value === "all" || (isTextList(value) && value.length > 0),
    ["none", [], [1], null, 1, {}],
    { default: "all" },
  ),
  propensity: oneOf(["share", "logistic"], { default: "share" }),
};

/** More columns would need gigabytes. */
const mostFeatures = 1000;
/** The level of a treatment is a column too; so much larger, it is free of the penalty but for a millionth. */
const freeScale = 1024;
/** Rarer outcomes per coefficient, below which rates are learned from chance. */
const leastEvents = 10;

/**
 * Learns for whom a treatment works, from an experiment: by how much it changes each customer's outcome, as a line in the features.
 *
 * Lines are logistic for outcomes of 0 and 1, linear for amounts. Without a penalty an S-learner with all interactions *is* the
 * T-learner, and for amounts so is the X-learner; they differ with `l2`, with fewer `interactions`, and, for rates, in the shape of the
 * uplift. Features must be known before the treatment. Whether a model ranks customers well is told by customers it has not seen:
 * keep some out, and give their scores to {@link measureQini}.
 *
 * @param table - n customers × d finite features.
 * @param treatment - per customer 0 = control, 1, 2, … = treatments.
 * @param outcome - per customer 0 or 1, or an amount.
 * @param options - see {@link FitUpliftOptions}.
 * @returns a model for {@link predictUplift} and {@link explainUplift}. Notes: `separation` and `not-converged` say in which arm a
 * logistic line has no best coefficients; `few-outcomes` that an arm has fewer than 10 of the rarer outcome per coefficient.
 * @throws {ClienteleError} `degenerate-data` without a control or treatment, for an arm whose outcomes are all 0 or all 1, and, without a
 * penalty, with the feature in the path that does not vary or repeats others within an arm; `too-few-rows`; `invalid-value` at the first
 * cell or outcome that is missing or infinite; `shape-mismatch`; `invalid-option`. Cost: that of a regression per arm, n·d² each step.
 * @example
 * const table = fromMatrix([[1], [2], [3], [1], [2], [3]], { names: ["visits"] });
 * const treatment = Uint8Array.of(0, 0, 0, 1, 1, 1);
 * const model = fitUplift(table, treatment, [1, 2, 3, 2, 4, 6], { learner: "t" });
 * model.averageUplift; // [2.0]
 * predictUplift(model, table); // Float64Array [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]
 * @see Künzel, Sekhon, Bickel & Yu (2019), "Metalearners for estimating heterogeneous treatment effects".
 */
export function fitUplift(
  table: FeatureTable,
  treatment: Uint8Array,
  outcome: OutcomeNumbers,
  options: FitUpliftOptions,
): UpliftModel {
  const caller = "fitUplift";
  const read = readOptions(caller, fitUpliftOptions, options);
  checkTable(caller, table);
  const { ids, names, values } = table;
  if (names.length === 0) refuse(caller, "shape-mismatch", "table.names", "at least 1 feature", "0");
  if (names.length > mostFeatures) {
    refuse(caller, "too-large", "table.names", `at most ${mostFeatures} features`, String(names.length));
  }
  if (ids.length === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  checkFinite(caller, table);
  const arms = readArms(caller, "", { treatment, outcome, outcomeKind: read.outcomeKind }, ids.length);
  const job: Job = { caller, names, arms, l2: read.l2, ...standardized(caller, values, ids.length, names.length) };
  const found = read.learner === "s" ? jointLines(job, interacting(caller, names, read.interactions)) : armLines(job);
  const crossed = read.learner === "x" ? arms.treatments.map((_, i) => crossedEffect(job, found, i, read.propensity)) : []; // prettier-ignore
  const lines = found.map((line) => unscaled(line, job));
  const effects = crossed.map(({ effect }) => effect);
  const notes = [...found, ...crossed].flatMap((one) => [...one.notes]);
  const parts = {
    ...{ learner: read.learner, outcomeKind: arms.kind, means: job.means, arms: lines, effects },
  };
  const averages = arms.treatments.map((_, place) => meanOf(upliftOf(caller, parts, values, ids.length, place)));
  return {
    kind: "uplift",
    version: 1,
    features: [...names],
    notes: [...notes, ...fewOutcomes(arms, names.length)],
    ...parts,
    treatments: arms.treatments,
    customers: [0, ...arms.treatments].map((arm) => arms.sizes[arm]),
    averageUplift: averages,
    l2: read.l2,
    converged: [...found, ...crossed].every(({ converged }) => converged),
  };
}

/** What every step of a fit needs. */
interface Job {
  readonly caller: string;
  readonly names: readonly string[];
  readonly arms: Arms;
  readonly l2: number;
  /** Standardized features. */
  readonly z: Float64Array;
  readonly means: number[];
  readonly deviations: number[];
}

/** Features around their means, in units of their deviations: the penalty should not see their units. */
function standardized(
  caller: string,
  values: Float64Array,
  rows: number,
  columns: number,
): Pick<Job, "z" | "means" | "deviations"> {
  const means: number[] = [];
  const deviations: number[] = [];
  const z = new Float64Array(values.length);
  for (let j = 0; j < columns; j++) {
    // From the first cell: sums of numbers far from 0 would lose the digits in which they differ.
    const origin = values[j];
    let [sum, squares] = [0, 0];
    for (let cell = j; cell < values.length; cell += columns) sum += values[cell] - origin;
    const shift = sum / rows;
    for (let cell = j; cell < values.length; cell += columns) squares += (values[cell] - origin - shift) ** 2;
    const deviation = Math.sqrt(squares / rows);
    if (!Number.isFinite(deviation)) {
      refuse(caller, "too-large", "table", "deviations whose squares stay below 1.8e308", "an overflow");
    }
    const scale = deviation > 0 ? deviation : 1;
    for (let cell = j; cell < values.length; cell += columns) z[cell] = (values[cell] - origin - shift) / scale;
    means.push(origin + shift);
    deviations.push(scale);
  }
  return { z, means, deviations };
}

function unscaled({ intercept, slopes }: Pick<FoundLine, "intercept" | "slopes">, { deviations }: Job): UpliftLine {
  return { base: intercept + 0, coefficients: Array.from(slopes, (slope, j) => slope / deviations[j] + 0) };
}

const armName = (arm: number): string => (arm === 0 ? "the control" : `treatment ${arm}`);

/** The rows of one arm, with their outcomes. */
function rowsOfArm({ z, arms, names }: Job, arm: number): LineRows {
  const width = names.length;
  const count = arms.sizes[arm];
  const values = new Float64Array(count * width);
  const target = new Float64Array(count);
  let next = 0;
  for (let row = 0; row < arms.treatment.length; row++) {
    if (arms.treatment[row] !== arm) continue;
    for (let j = 0; j < width; j++) values[next * width + j] = z[row * width + j];
    target[next++] = arms.outcome[row];
  }
  return { values, target, names, of: armName(arm) };
}

/** T-learner: a line per arm, the control's first. */
function armLines(job: Job): FoundLine[] {
  const search: LineSearch = { kind: job.arms.kind, l2: job.l2 };
  return [0, ...job.arms.treatments].map((arm) => findLine(job.caller, rowsOfArm(job, arm), search));
}

/** S-learner: one line for all customers in features, treatments, and their products; read as a line per arm. */
function jointLines(job: Job, moving: readonly number[]): FoundLine[] {
  const { z, arms, names, caller, l2 } = job;
  const width = names.length;
  const perTreatment = 1 + moving.length;
  const columns = width + arms.treatments.length * perTreatment;
  const rows = arms.treatment.length;
  const values = new Float64Array(rows * columns);
  const placeOf = new Int32Array(256).fill(-1);
  arms.treatments.forEach((arm, place) => (placeOf[arm] = place));
  const level = l2 > 0 ? freeScale : 1;
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < width; j++) values[row * columns + j] = z[row * width + j];
    const place = placeOf[arms.treatment[row]];
    if (place < 0) continue;
    const at = row * columns + width + place * perTreatment;
    values[at] = level;
    for (let i = 0; i < moving.length; i++) values[at + 1 + i] = z[row * width + moving[i]];
  }
  const own = arms.treatments.flatMap((arm) => [`treatment ${arm}`, ...moving.map((j) => names[j])]);
  const joint = { values, target: arms.outcome, names: [...names, ...own], of: "all arms" };
  const { intercept, slopes, notes, converged } = findLine(caller, joint, { kind: arms.kind, l2 });
  const control: FoundLine = { intercept, slopes: slopes.slice(0, width), notes, converged };
  const treated = arms.treatments.map((_, place): FoundLine => {
    const at = width + place * perTreatment;
    const moved = control.slopes.slice();
    moving.forEach((j, i) => (moved[j] += slopes[at + 1 + i]));
    return { intercept: intercept + level * slopes[at], slopes: moved, notes: [], converged };
  });
  return [control, ...treated];
}

function interacting(caller: string, names: readonly string[], asked: "all" | readonly string[]): number[] {
  if (asked === "all") return names.map((_, j) => j);
  const places = asked.map((name, i) => {
    const j = names.indexOf(name);
    if (j < 0) refuse(caller, "invalid-option", `options.interactions[${i}]`, "a feature of the table", "another name");
    return j;
  });
  return [...new Set(places)].sort((a, b) => a - b);
}

/** X-learner: what each customer gained, or would have gained, by the other arm's line; then a line of the gains of either arm. */
function crossedEffect(
  job: Job,
  found: readonly FoundLine[],
  place: number,
  by: "share" | "logistic",
): { readonly effect: CrossedEffect } & Pick<FoundLine, "notes" | "converged"> {
  const { arms, caller, l2 } = job;
  const arm = arms.treatments[place];
  const [controls, treated] = [rowsOfArm(job, 0), rowsOfArm(job, arm)];
  const gain = (rows: LineRows, other: FoundLine, sign: number): LineRows => {
    const expected = expectedOf(rows.values, other, arms.kind);
    return { ...rows, target: rows.target.map((value, i) => sign * (value - expected[i])) };
  };
  const effectLine = (rows: LineRows): FoundLine => findLine(caller, rows, { kind: "continuous", l2 });
  const fromControl = effectLine(gain(controls, found[place + 1], -1));
  const fromTreated = effectLine(gain(treated, found[0], 1));
  const [n0, n1] = [controls.target.length, treated.target.length];
  const even: FoundLine = { intercept: log(n1 / n0), slopes: new Float64Array(job.names.length), notes: [], converged: true }; // prettier-ignore
  const propensity = by === "share" ? even : propensityLine(job, controls, treated);
  return {
    effect: {
      fromControl: unscaled(fromControl, job),
      fromTreated: unscaled(fromTreated, job),
      propensity: unscaled(propensity, job),
    },
    notes: propensity.notes,
    converged: propensity.converged,
  };
}

function propensityLine({ caller, names, l2 }: Job, controls: LineRows, treated: LineRows): FoundLine {
  const values = new Float64Array(controls.values.length + treated.values.length);
  values.set(controls.values);
  values.set(treated.values, controls.values.length);
  const target = new Float64Array(controls.target.length + treated.target.length).fill(1, controls.target.length);
  const rows = { values, target, names, of: `${treated.of} and the control` };
  return findLine(caller, rows, { kind: "binary", l2 });
}

function expectedOf(values: Float64Array, { intercept, slopes }: FoundLine, kind: UpliftOutcomeKind): Float64Array {
  const width = slopes.length;
  return Float64Array.from({ length: values.length / width }, (_, row) => {
    let height = intercept;
    for (let j = 0; j < width; j++) height += slopes[j] * values[row * width + j];
    return kind === "binary" ? probabilityOf(height) : height;
  });
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length + 0;
}

function fewOutcomes({ kind, treatment, outcome, sizes, treatments }: Arms, features: number): Note[] {
  if (kind !== "binary") return [];
  const ones = new Float64Array(sizes.length);
  for (let row = 0; row < outcome.length; row++) ones[treatment[row]] += outcome[row];
  return [0, ...treatments].flatMap((arm) => {
    const rarer = Math.min(ones[arm], sizes[arm] - ones[arm]);
    if (rarer >= leastEvents * (features + 1)) return [];
    const message = `In ${armName(arm)} ${rarer} customers have the rarer outcome, fewer than ${leastEvents} per coefficient: use l2, or fewer features.`;
    return [{ code: "few-outcomes", message }];
  });
}
