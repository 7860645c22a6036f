import { refuse } from "../core/errors.ts";
import type { ReadOptions } from "../core/options.ts";
import { pow } from "../numeric/elementary.ts";
import { addCompensated } from "../numeric/sums.ts";
import type { TouchPaths } from "./touch-paths.ts";

/** Rules that share a conversion among the touches of its own path. */
export type CreditRule = "first" | "last" | "last-non-direct" | "linear" | "position" | "time-decay";

/** Options of the rules. */
export interface CreditOptions {
  /** Channels that `"last-non-direct"` passes over. Default: `"direct"`. */
  readonly direct?: string | readonly string[] | undefined;
  /** What `"position"` gives to the first touch, those between together, and the last; shares of their sum. Default: 40, 20, 40. */
  readonly weights?: readonly [first: number, middle: number, last: number] | undefined;
  /** Days after which a touch counts half in `"time-decay"`. Default: 7. */
  readonly halfLifeDays?: number | undefined;
}

/** What each channel is credited with, by position in the channels. */
export interface Credits {
  readonly conversions: Float64Array;
  readonly values: Float64Array;
}

/** Fills in the share of each touch of one path: the touches `from` up to `to`; the shares add up to 1. */
type Shares = (from: number, to: number, shares: Float64Array) => void;

/** Credits of a rule. Cost: linear in the touches. */
export function creditsByRule(rule: CreditRule, paths: TouchPaths, options: ReadOptions<CreditOptions>): Credits {
  const { channels, codes, starts, conversions, values } = paths;
  const sharesOf = sharesBy(rule, paths, options);
  const sums = channels.map(() => ({ conversions: { sum: 0, correction: 0 }, values: { sum: 0, correction: 0 } }));
  const shares = new Float64Array(codes.length);
  for (let path = 0; path + 1 < starts.length; path++) {
    if (conversions[path] === 0 && values[path] === 0) continue;
    sharesOf(starts[path], starts[path + 1], shares);
    for (let touch = starts[path]; touch < starts[path + 1]; touch++) {
      const sum = sums[codes[touch]];
      addCompensated(sum.conversions, shares[touch] * conversions[path]);
      addCompensated(sum.values, shares[touch] * values[path]);
    }
  }
  return {
    conversions: Float64Array.from(sums, ({ conversions: { sum, correction } }) => sum + correction),
    values: Float64Array.from(sums, ({ values: { sum, correction } }) => sum + correction),
  };
}

function sharesBy(
  rule: CreditRule,
  { channels, codes, ageDays }: TouchPaths,
  { direct, weights: [first, middle, last], halfLifeDays }: ReadOptions<CreditOptions>,
): Shares {
  switch (rule) {
    case "first":
      return (from, _, shares) => void (shares[from] = 1);
    case "last":
      return (_, to, shares) => void (shares[to - 1] = 1);
    case "last-non-direct": {
      const names = new Set(typeof direct === "string" ? [direct] : direct);
      const isDirect = channels.map((name) => names.has(name));
      return (from, to, shares) => {
        let touch = to - 1;
        while (touch >= from && isDirect[codes[touch]]) touch--;
        shares[touch < from ? to - 1 : touch] = 1;
      };
    }
    case "linear":
      return (from, to, shares) => void shares.fill(1 / (to - from), from, to);
    case "position":
      return (from, to, shares) => {
        const inner = to - from - 2;
        // Nobody stands between the first and the last of two touches, and one touch is both.
        const ends = inner > 0 ? first + middle + last : first + last;
        shares.fill(inner > 0 ? middle / ends / inner : 0, from, to);
        shares[from] = ends === 0 ? 0.5 : first / ends;
        shares[to - 1] = inner < 0 ? 1 : ends === 0 ? 0.5 : last / ends;
      };
    case "time-decay":
      return (from, to, shares) => {
        // Ages beyond the youngest touch: the shares are the same, and never 0 / 0 however long ago all of it was.
        let youngest = Infinity;
        for (let touch = from; touch < to; touch++) youngest = Math.min(youngest, ageDays[touch]);
        let sum = 0;
        for (let touch = from; touch < to; touch++) {
          sum += shares[touch] = pow(2, (youngest - ageDays[touch]) / halfLifeDays);
        }
        for (let touch = from; touch < to; touch++) shares[touch] /= sum;
      };
  }
}

/** More channels than these have no Shapley values here. */
const mostPlayers = 15;

/**
 * Shapley values of the game in which a coalition is worth the conversions of the paths that use its channels only. Such a
 * game is a sum of games "all of these channels, or nothing", and in each the channels share alike (Shapley, 1953): no
 * coalition has to be visited.
 *
 * @param caller - the public function.
 * @param paths - the order and the repetition of touches make no difference.
 * @returns credits; all of them add up to the worth of all channels together.
 * @throws {ClienteleError} `too-large` above 15 channels.
 */
export function creditsByShapley(caller: string, paths: TouchPaths): Credits {
  const { channels, codes, starts, conversions, values } = paths;
  if (channels.length > mostPlayers) {
    refuse(caller, "too-large", "options.method", `at most ${mostPlayers} channels`, String(channels.length));
  }
  const worths = new Float64Array(1 << channels.length);
  const amounts = new Float64Array(worths.length);
  for (let path = 0; path + 1 < starts.length; path++) {
    let coalition = 0;
    for (let touch = starts[path]; touch < starts[path + 1]; touch++) coalition |= 1 << codes[touch];
    worths[coalition] += conversions[path];
    amounts[coalition] += values[path];
  }
  const credits = { conversions: new Float64Array(channels.length), values: new Float64Array(channels.length) };
  for (let coalition = 1; coalition < worths.length; coalition++) {
    if (worths[coalition] === 0 && amounts[coalition] === 0) continue;
    const members = channels.flatMap((_, channel) => ((coalition >> channel) % 2 === 1 ? [channel] : []));
    for (const channel of members) {
      credits.conversions[channel] += worths[coalition] / members.length;
      credits.values[channel] += amounts[coalition] / members.length;
    }
  }
  return credits;
}
