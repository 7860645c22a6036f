import { rowOrder } from "../numeric/row-order.ts";
import type { RankedArms } from "./ranked-arms.ts";

/** Customers and outcomes of each block of a ranking. */
export interface BlockSums {
  readonly treated: Float64Array;
  readonly control: Float64Array;
  readonly treatedOutcome: Float64Array;
  readonly controlOutcome: Float64Array;
}

/** What a curve encloses, over the share of customers from 0 to 1. */
export interface CurveArea {
  /** Area below the curve. */
  readonly area: number;
  /** Where it ends: what treating everybody brings. */
  readonly end: number;
}

/** Both curves of one ranking. */
export interface CurveAreas {
  readonly qini: CurveArea;
  readonly uplift: CurveArea;
}

/** Room for the sums of some blocks. */
export function blockSums(blocks: number): BlockSums {
  const [treated, control, treatedOutcome, controlOutcome] = Array.from({ length: 4 }, () => new Float64Array(blocks));
  return { treated, control, treatedOutcome, controlOutcome };
}

/** Writes the sums of each block; each customer counts as often as its weight says, once without weights. */
export function sumBlocks(
  { treated, outcome, ends }: Pick<RankedArms, "treated" | "outcome" | "ends">,
  weights: Uint8Array | undefined,
  into: BlockSums,
): void {
  let begin = 0;
  for (let block = 0; block < ends.length; block++) {
    const end = ends[block];
    let [nt, nc, yt, yc] = [0, 0, 0, 0];
    for (let place = begin; place < end; place++) {
      const weight = weights === undefined ? 1 : weights[place];
      const own = weight * treated[place];
      nt += own;
      nc += weight - own;
      yt += own * outcome[place];
      yc += (weight - own) * outcome[place];
    }
    into.treated[block] = nt;
    into.control[block] = nc;
    into.treatedOutcome[block] = yt;
    into.controlOutcome[block] = yc;
    begin = end;
  }
}

/** Where to write a curve: its heights after each block, or at fixed shares of the customers. */
export interface CurveSink {
  readonly share?: Float64Array;
  readonly qini?: Float64Array;
  readonly uplift?: Float64Array;
  /** Shares at which the Qini curve is wanted, ascending, and room for its heights. */
  readonly grid?: { readonly shares: readonly number[]; readonly heights: Float64Array };
}

/**
 * Walks down a ranking block by block. Both curves are straight between the ends of blocks, so that a tie is one step.
 *
 * Qini: outcomes of the treated so far less those of the controls so far, these scaled to as many customers as are treated. Uplift
 * (gain): difference of the mean outcomes so far times the customers so far. An arm without customers so far counts as 0.
 *
 * @param total - customers in all blocks.
 */
export function walkCurve(blocks: BlockSums, total: number, sink: CurveSink = {}): CurveAreas {
  const { treated, control, treatedOutcome, controlOutcome } = blocks;
  const { share, qini, uplift, grid } = sink;
  let [nt, nc, yt, yc] = [0, 0, 0, 0];
  let [q, g, x, qiniArea, upliftArea, next] = [0, 0, 0, 0, 0, 0];
  for (let block = 0; block < treated.length; block++) {
    nt += treated[block];
    nc += control[block];
    yt += treatedOutcome[block];
    yc += controlOutcome[block];
    const qNow = nc > 0 ? yt - (yc / nc) * nt : yt;
    const gNow = ((nt > 0 ? yt / nt : 0) - (nc > 0 ? yc / nc : 0)) * (nt + nc);
    const xNow = (nt + nc) / total;
    qiniArea += ((q + qNow) / 2) * (xNow - x);
    upliftArea += ((g + gNow) / 2) * (xNow - x);
    if (grid !== undefined) {
      for (; next < grid.shares.length && grid.shares[next] <= xNow; next++) {
        const part = xNow > x ? (grid.shares[next] - x) / (xNow - x) : 1;
        grid.heights[next] = q + part * (qNow - q);
      }
    }
    q = qNow;
    g = gNow;
    x = xNow;
    if (share !== undefined) share[block + 1] = x;
    if (qini !== undefined) qini[block + 1] = q + 0;
    if (uplift !== undefined) uplift[block + 1] = g + 0;
  }
  // A share of 1 that rounding left a hair beyond the last block.
  if (grid !== undefined) grid.heights.fill(q, next);
  return { qini: { area: qiniArea, end: q }, uplift: { area: upliftArea, end: g } };
}

/** A ranking that knew everything, from which areas with any weights can be read. */
export type PerfectAreas = (weights: Uint8Array | undefined, total: number) => CurveAreas;

/**
 * The best that any ranking could do. Of 0 and 1: treated with the outcome first, controls with it last (and, in the uplift curve,
 * controls without it before treated without it), as in scikit-uplift; of amounts: the treated by their amount, the controls by its
 * negative.
 */
export function perfectAreas(ranked: RankedArms): PerfectAreas {
  return ranked.kind === "binary" ? perfectRates(ranked) : perfectAmounts(ranked);
}

function perfectRates({ treated, outcome }: RankedArms): PerfectAreas {
  return (weights, total) => {
    // Control without and with the outcome, treated without and with it.
    const counts = new Float64Array(4);
    for (let place = 0; place < treated.length; place++) {
      counts[2 * treated[place] + outcome[place]] += weights === undefined ? 1 : weights[place];
    }
    const [c0, c1, t0, t1] = counts;
    const walk = (cells: readonly (readonly [number, number, number, number])[]): CurveAreas => {
      const blocks = blockSums(cells.length);
      cells.forEach(([nt, nc, yt, yc], i) => {
        blocks.treated[i] = nt;
        blocks.control[i] = nc;
        blocks.treatedOutcome[i] = yt;
        blocks.controlOutcome[i] = yc;
      });
      return walkCurve(blocks, total);
    };
    const won = [t1, 0, t1, 0] as const;
    const lost = [0, c1, 0, c1] as const;
    const idle = [t0, 0, 0, 0] as const;
    const rest = c1 > t0 ? [lost, idle] : [idle, lost];
    return {
      qini: walk([won, [t0, c0, 0, 0], lost]).qini,
      uplift: walk([won, [0, c0, 0, 0], ...rest]).uplift,
    };
  };
}

function perfectAmounts({ treated, outcome }: RankedArms): PerfectAreas {
  const count = treated.length;
  const order = rowOrder(outcome.map((value, place) => (treated[place] === 1 ? -value : value) + 0), count, 1); // prettier-ignore
  const gain = (place: number): number => (treated[place] === 1 ? outcome[place] : -outcome[place]);
  const ends: number[] = [];
  for (let i = 0; i < count; i++) if (i === count - 1 || gain(order[i + 1]) !== gain(order[i])) ends.push(i + 1);
  const best = {
    treated: Uint8Array.from(order, (place) => treated[place]),
    outcome: Float64Array.from(order, (place) => outcome[place]),
    ends: Uint32Array.from(ends),
  };
  const blocks = blockSums(ends.length);
  const moved = new Uint8Array(count);
  return (weights, total) => {
    if (weights !== undefined) for (let i = 0; i < count; i++) moved[i] = weights[order[i]];
    sumBlocks(best, weights === undefined ? undefined : moved, blocks);
    return walkCurve(blocks, total);
  };
}
