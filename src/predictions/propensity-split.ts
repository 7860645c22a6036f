import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { randomOf } from "../core/random.ts";
import { shuffle } from "../numeric/shuffle.ts";
import type { PropensityRows } from "./propensity-rows.ts";

/** Which rows are learned from, and which judge. */
export interface PropensitySplit {
  readonly by: "time" | "customers";
  /** Cutoff of the rows that judge, when they are split by time. */
  readonly cutoff: number | null;
  readonly train: Uint32Array;
  readonly test: Uint32Array;
  /** Rows of a horizon that had not ended when the held-out rows' began. */
  readonly openHorizon: number;
  /** Rows of a customer of the other side. */
  readonly otherSide: number;
  readonly notes: readonly Note[];
}

/** How to split. */
export interface SplitPlan {
  readonly holdout: "time" | "customers" | undefined;
  readonly holdoutShare: number;
  readonly seed: number;
}

/**
 * Splits rows so that no customer is on both sides, and, where there are several cutoffs, none is judged by what came later.
 *
 * @param caller - the public function.
 * @param rows - all rows with an outcome.
 * @param plan - how.
 * @throws {ClienteleError} `too-few-rows` when a split in time is asked for and there is one cutoff, or no horizon has ended.
 */
export function splitRows(caller: string, rows: PropensityRows, plan: SplitPlan): PropensitySplit {
  const { at, cutoffs } = rows;
  const all = Uint32Array.from(at.keys());
  const latest = at.reduce((last, t) => Math.max(last, t), 0);
  const isSingle = at.every((t) => t === latest);
  const path = "outcomes.cutoffs";
  if (plan.holdout === "time" && isSingle) {
    refuse(caller, "too-few-rows", path, "at least 2 distinct cutoffs to split in time", "fewer");
  }
  if (plan.holdout === "customers" || isSingle) {
    const isHeldOut = drawnCustomers(rows, all, plan);
    const message = "There is one cutoff: other customers of the same time judge the model, which is easier than the future. Label several cutoffs."; // prettier-ignore
    return {
      ...{ by: "customers", cutoff: null, openHorizon: 0, otherSide: 0 },
      train: all.filter((row) => isHeldOut[rows.customer[row]] === 0),
      test: all.filter((row) => isHeldOut[rows.customer[row]] === 1),
      notes: plan.holdout === "customers" ? [] : [{ code: "one-cutoff", message }],
    };
  }
  const { cutoff } = cutoffs[latest];
  const isClosed = (row: number): boolean => at[row] < latest && cutoffs[at[row]].to <= cutoff;
  if (!all.some(isClosed)) {
    refuse(caller, "too-few-rows", path, "an earlier cutoff whose horizon ends by the latest one", "none");
  }
  return { by: "time", cutoff, ...splitAt(rows, latest, plan), notes: horizonNotes(rows) };
}

/** Without the ends of horizons, outcomes that were learned from may reach into the time of those that judge. */
export function horizonNotes({ hasHorizons }: PropensityRows): Note[] {
  const message = "outcomes.report does not tell when horizons end: outcomes learned from may overlap with those that judge."; // prettier-ignore
  return hasHorizons ? [] : [{ code: "unknown-horizons", message }];
}

/** The rows of one cutoff against the earlier ones whose horizon had ended by then; later rows are in neither and not counted. */
export function splitAt(
  rows: PropensityRows,
  latest: number,
  plan: Pick<SplitPlan, "holdoutShare" | "seed">,
): Pick<PropensitySplit, "train" | "test" | "openHorizon" | "otherSide"> {
  const { at, cutoffs } = rows;
  const { cutoff } = cutoffs[latest];
  const past = Uint32Array.from(at.keys()).filter((row) => at[row] <= latest);
  const isClosed = (row: number): boolean => at[row] < latest && cutoffs[at[row]].to <= cutoff;
  const isHeldOut = drawnCustomers(rows, past.filter((row) => at[row] === latest), plan); // prettier-ignore
  const isOfSide = (row: number): boolean => (at[row] === latest) === (isHeldOut[rows.customer[row]] === 1);
  const train = past.filter((row) => isClosed(row) && isOfSide(row));
  const test = past.filter((row) => at[row] === latest && isOfSide(row));
  const openHorizon = past.filter((row) => at[row] < latest && !isClosed(row)).length;
  return { train, test, openHorizon, otherSide: past.length - train.length - test.length - openHorizon };
}

/**
 * Deals rows into folds by customer, customers with and without the outcome alike.
 *
 * @param rows - all rows.
 * @param among - which of them.
 * @param folds - how many.
 * @param seed - of the lots.
 * @returns a fold per position of `among`.
 */
export function dealtFolds(rows: PropensityRows, among: Uint32Array, folds: number, seed: number): Uint32Array {
  const foldOf = new Map<number, number>();
  let place = 0;
  for (const stratum of strataOf(rows, among)) {
    shuffle(stratum, randomOf(seed, 1, place));
    for (const customer of stratum) foldOf.set(customer, place++ % folds);
  }
  return Uint32Array.from(among, (row) => foldOf.get(rows.customer[row]) as number);
}

/** A byte per customer, 1 for a share of those that have one of some rows, with the outcome and without it alike. */
function drawnCustomers(
  rows: PropensityRows,
  among: Uint32Array,
  { holdoutShare, seed }: Pick<SplitPlan, "holdoutShare" | "seed">,
): Uint8Array {
  const isDrawn = new Uint8Array(rows.customer.reduce((most, customer) => Math.max(most, customer + 1), 0));
  const strata = strataOf(rows, among);
  const shares = strata.map(({ length }) => Math.min(Math.round(length * holdoutShare), Math.max(length - 1, 0)));
  // Somebody has to judge, however small the share.
  const larger = strata[0].length >= strata[1].length ? 0 : 1;
  if (shares[0] + shares[1] === 0 && strata[larger].length > 1) shares[larger] = 1;
  strata.forEach((stratum, s) => {
    shuffle(stratum, randomOf(seed, 0, s));
    for (const customer of stratum.slice(0, shares[s])) isDrawn[customer] = 1;
  });
  return isDrawn;
}

/** Customers for whom the outcome never came, and those for whom it came at some cutoff; in order of appearance. */
function strataOf({ customer, outcome }: PropensityRows, among: Uint32Array): readonly [number[], number[]] {
  const came = new Map<number, number>();
  for (const row of among) came.set(customer[row], Math.max(came.get(customer[row]) ?? 0, outcome[row]));
  const strata: [number[], number[]] = [[], []];
  for (const [one, positive] of came) strata[positive].push(one);
  return strata;
}
