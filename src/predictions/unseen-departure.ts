import { decay } from "../numeric/decay.ts";
import { exp, expm1, log1p } from "../numeric/elementary.ts";
import { nodes, weights } from "../numeric/legendre.ts";

/** Longest panel of Gauss's rule, in logarithms of time, and the most that the integrand falls over one, in e-folds. */
const longest = 3;
const steepest = 12;
/** e⁻⁴²: what is smaller than this share of the whole does not change it. */
const negligible = 42;

/** A quiet stretch of time that begins at 0. */
export interface Stretch {
  /** Shape and scale of the rates of purchase. */
  readonly shape: number;
  readonly scale: number;
  /** Shape and scale of the rates of leaving. */
  readonly exitShape: number;
  readonly exitScale: number;
  /** Its length. */
  readonly span: number;
}

/**
 * How many numbers {@link unseenDeparture} tells beside the integral. All are means over the moment y of leaving, given that it was in
 * the stretch. The first four are of these, whose means make gradients:
 *   0: log(1 + y / scale); 1: rest = (span − y) / (scale + y); 2: log(1 + y / exitScale);
 *   3: pull = exitShape / (exitScale + span) · (span − y) / (exitScale + y) + 1 / (exitScale + y).
 * For second derivatives: 4: rest / (scale + y); 5: pull / (exitScale + y); 6: (span − y) / (exitScale + y);
 * and from 7 on the products of the first four, 00 01 02 03 11 12 13 22 23 33.
 */
export const departureMeans = 17;

/**
 * The chance that a customer left somewhere in a stretch of time without a purchase in it, up to the factor `exitShape`:
 *   ∫₀^span (scale / (scale + y))^shape · (exitScale / (exitScale + y))^exitShape · dy / (exitScale + y).
 *
 * Published as a difference of two ₂F₁, which overflow and cancel; here Gauss's rule in panels over the logarithm of the
 * time since the smaller scale, in which the integrand is smooth and log-concave. Positive terms only.
 *
 * @param stretch - positive shapes and scales.
 * @param means - written over with {@link departureMeans} numbers where it is given; all 0 without time to leave in.
 * @returns relative error about 1e-14. Cost: 16 evaluations for most histories, some 100 at most.
 */
export function unseenDeparture(stretch: Stretch, means?: Float64Array): number {
  const { shape, scale, exitShape, exitScale, span } = stretch;
  means?.fill(0);
  const exitShare = exitShape / (exitScale + span);
  const isExitFirst = scale >= exitScale;
  const base = isExitFirst ? exitScale : scale;
  const end = log1p(span / base);
  /** How fast the logarithm of the integrand changes. */
  const slopeAt = (w: number): number => {
    const y = base * expm1(w);
    return isExitFirst
      ? -shape * ((exitScale + y) / (scale + y)) - exitShape
      : 1 - shape - (exitShape + 1) * ((scale + y) / (exitScale + y));
  };
  let [total, largest] = [0, 0];
  let slope = slopeAt(0);
  for (let from = 0; from < end;) {
    let width = Math.min(longest, end - from);
    if (Math.abs(slope) * width > steepest) width = steepest / Math.abs(slope);
    let next = slopeAt(from + width);
    while (Math.abs(next) * width > steepest) {
      width /= 2;
      next = slopeAt(from + width);
    }
    let term = 0;
    for (let k = 0; k < nodes.length; k++) {
      const w = from + width * nodes[k];
      const y = base * expm1(w);
      const logRate = isExitFirst ? log1p(y / scale) : w;
      const logExit = isExitFirst ? w : log1p(y / exitScale);
      const jacobian = isExitFirst ? 1 : (scale + y) / (exitScale + y);
      term = jacobian * decay(shape * logRate + exitShape * logExit);
      if (term > largest) largest = term;
      const part = term * width * weights[k];
      total += part;
      if (means === undefined) continue;
      const rate = 1 / (scale + y);
      const exitRate = 1 / (exitScale + y);
      const rest = (span - y) * rate;
      const exitRest = (span - y) * exitRate;
      const pull = exitShare * exitRest + exitRate;
      const [partLog, partRest, partExitLog, partPull] = [part * logRate, part * rest, part * logExit, part * pull];
      means[0] += partLog;
      means[1] += partRest;
      means[2] += partExitLog;
      means[3] += partPull;
      means[4] += partRest * rate;
      means[5] += partPull * exitRate;
      means[6] += part * exitRest;
      means[7] += partLog * logRate;
      means[8] += partLog * rest;
      means[9] += partLog * logExit;
      means[10] += partLog * pull;
      means[11] += partRest * rest;
      means[12] += partRest * logExit;
      means[13] += partRest * pull;
      means[14] += partExitLog * logExit;
      means[15] += partExitLog * pull;
      means[16] += partPull * pull;
    }
    if (next < 0 && term < largest * exp(-negligible)) break;
    // A step too small to move means that the rest is nothing.
    if (from + width === from) break;
    from = from + width >= end ? end : from + width;
    slope = next;
  }
  if (means !== undefined && total > 0) for (let k = 0; k < departureMeans; k++) means[k] /= total;
  return total;
}
