import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { rowOrder } from "../numeric/row-order.ts";
import { type Arms, type OutcomeNumbers, readArms, type UpliftOutcomeKind } from "./arms.ts";
import type { MeanStats } from "./stats.ts";

/** Customers of the control and of one treatment, the highest score first. Customers with equal scores are one block. */
export interface RankedArms {
  readonly kind: UpliftOutcomeKind;
  readonly treated: Uint8Array;
  readonly outcome: Float64Array;
  /** Where each block ends. */
  readonly ends: Uint32Array;
  /** Customers of control and treatment. */
  readonly sizes: readonly [number, number];
  /** Customers of other treatments, which are left out. */
  readonly otherArms: number;
  /** Which treatment. */
  readonly arm: number;
}

/** What a ranking is made of, as users give it. */
export interface RankingInput {
  readonly treatment: Uint8Array;
  readonly outcome: OutcomeNumbers;
  readonly outcomeKind?: UpliftOutcomeKind | "auto";
  readonly arm?: number | undefined;
}

/**
 * Ranks the customers of an experiment by a score.
 *
 * Within a tie they are sorted by arm and outcome, so that sums, too, do not depend on the order in which customers came.
 *
 * @throws {ClienteleError} `shape-mismatch`, `too-few-rows`, `invalid-value` at the first score or outcome that is not finite;
 * `degenerate-data` without a control or treatment; `invalid-option` for a treatment that nobody got. Cost: a sort.
 */
export function rankArms(caller: string, score: ArrayLike<number>, input: RankingInput): RankedArms {
  if (!isList(score)) refuse(caller, "shape-mismatch", "score", "a list of numbers", describeValue(score));
  const rows = score.length;
  const arms = readArms(caller, "options.", input, rows);
  const arm = input.arm ?? arms.treatments[0];
  if (!arms.treatments.includes(arm)) {
    refuse(caller, "invalid-option", "options.arm", `one of ${arms.treatments.join(", ")}`, String(arm));
  }
  for (let row = 0; row < rows; row++) {
    if (!Number.isFinite(score[row])) refuse(caller, "invalid-value", `score[${row}]`, "finite", describeCell(score[row])); // prettier-ignore
  }
  return ranked(score, arms, arm);
}

function ranked(score: ArrayLike<number>, { treatment, outcome, sizes, kind }: Arms, arm: number): RankedArms {
  const count = sizes[0] + sizes[arm];
  const cells = new Float64Array(3 * count);
  let next = 0;
  for (let row = 0; row < treatment.length; row++) {
    const own = treatment[row];
    if (own !== 0 && own !== arm) continue;
    cells[next++] = 0 - score[row];
    cells[next++] = own === 0 ? 0 : 1;
    cells[next++] = outcome[row];
  }
  const order = rowOrder(cells, count, 3);
  const treated = new Uint8Array(count);
  const outcomes = new Float64Array(count);
  const ends = new Uint32Array(count);
  let blocks = 0;
  for (let place = 0; place < count; place++) {
    const cell = 3 * order[place];
    treated[place] = cells[cell + 1];
    outcomes[place] = cells[cell + 2];
    if (place === count - 1 || cells[3 * order[place + 1]] !== cells[cell]) ends[blocks++] = place + 1;
  }
  return { kind, treated, outcome: outcomes, ends: ends.slice(0, blocks), sizes: [sizes[0], sizes[arm]], otherArms: treatment.length - count, arm }; // prettier-ignore
}

/** Sums of outcomes of the customers in one part of a ranking, arm by arm. */
export interface PartSums {
  readonly control: MeanStats;
  readonly treated: MeanStats;
}

/**
 * Sums by consecutive parts of a ranking. A tie that lies in several parts is shared out: each of its customers counts in each part
 * by the share of the tie that is there, which is the mean over all orders of the tie.
 *
 * @param bounds - where each part ends, as numbers of customers; ascending, above 0.
 */
export function sumsByPart({ treated, outcome, ends }: RankedArms, bounds: readonly number[]): PartSums[] {
  // Deviations from the first outcome: amounts far from 0 keep their digits.
  const origin = outcome[0];
  const sums = bounds.map(() => [new Float64Array(3), new Float64Array(3)] as const);
  let [part, begin] = [0, 0];
  for (const end of ends) {
    const block = [new Float64Array(3), new Float64Array(3)] as const;
    for (let place = begin; place < end; place++) {
      const own = block[treated[place]];
      const deviation = outcome[place] - origin;
      own[0]++;
      own[1] += deviation;
      own[2] += deviation * deviation;
    }
    for (let from = begin; from < end && part < bounds.length;) {
      const to = Math.min(end, bounds[part]);
      const share = (to - from) / (end - begin);
      block.forEach((own, arm) => own.forEach((sum, i) => (sums[part][arm][i] += share * sum)));
      from = to;
      if (to === bounds[part]) part++;
    }
    begin = end;
  }
  const statsOf = ([n, sum, squares]: Float64Array): MeanStats =>
    n > 0 ? { n, mean: origin + sum / n, m2: Math.max(0, squares - (sum * sum) / n) } : { n: 0, mean: 0, m2: 0 };
  return sums.map(([control, own]) => ({ control: statsOf(control), treated: statsOf(own) }));
}
