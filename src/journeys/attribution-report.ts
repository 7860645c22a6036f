import type { Note } from "../core/note.ts";
import {
  custom,
  flag,
  integer,
  oneOf,
  type OptionTable,
  type ReadOptions,
  real,
  textOrTexts,
} from "../core/options.ts";
import { refuse } from "../core/errors.ts";
import { powerBelow } from "../numeric/power-below.ts";
import { addCompensated } from "../numeric/sums.ts";
import { type CreditOptions, type CreditRule, type Credits, creditsByRule, creditsByShapley } from "./credit.ts";
import { removalEffects } from "./removal-effects.ts";
import type { TouchPaths, Unattributed } from "./touch-paths.ts";

/** How conversions are credited to channels. */
export type AttributionMethod = CreditRule | "markov" | "shapley";

/** Options of attribution that do not depend on how the paths are given. */
export interface AttributionMethodOptions extends CreditOptions {
  /**
   * `"first"`, `"last"`, `"last-non-direct"`, `"linear"`, `"position"` and `"time-decay"` share each conversion among the
   * touches before it. `"markov"` shares all conversions by removal effects, `"shapley"` by Shapley values.
   */
  readonly method: AttributionMethod;
  /** Whether `"markov"` also learns from paths that did not convert. Default: true. */
  readonly nulls?: boolean | undefined;
  /** How many last touches the next step depends on in `"markov"`. Default: 1. */
  readonly order?: number | undefined;
}

/** Rows of {@link AttributionMethodOptions} for option tables. */
export const attributionMethodOptions: OptionTable<AttributionMethodOptions> = {
  method: oneOf(["first", "last", "last-non-direct", "linear", "position", "time-decay", "markov", "shapley"]),
  nulls: flag({ default: true }),
  order: integer({ min: 1, max: 10, default: 1 }),
  direct: textOrTexts({ default: "direct" }),
  weights: custom("three shares, not all 0", isWeights, [null, 1, [1, 2], [1, 2, -3], [0, 0, 0], ["1", 2, 3]], {
    default: [0.4, 0.2, 0.4],
  }),
  halfLifeDays: real({ above: 0, default: 7 }),
};

function isWeights(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const sum = value.reduce((total: number, share) => total + Number(share), 0);
  return value.every((share) => typeof share === "number" && share >= 0) && sum > 0 && sum < Infinity;
}

/** What one channel is credited with. */
export interface ChannelCredit {
  /** Its name. */
  readonly channel: string;
  /** Conversions; fractions where they are shared. */
  readonly conversions: number;
  /** Value of conversions. */
  readonly value: number;
  /**
   * Share of conversions that the chain would lose if visits to this channel ended in nothing, 0 … 1; of `"markov"` only.
   * Removal effects do not add up to 1.
   */
  readonly removalEffect?: number;
}

/** Which channel earned how many conversions. */
export interface PathAttributionReport {
  /** The method that was used. */
  readonly method: AttributionMethod;
  /** One entry per channel, by name; conversions and values add up to the totals, exactly. */
  readonly channels: readonly ChannelCredit[];
  /** Share of the paths with touches that converted; 1 without null paths, 0 without conversions. */
  readonly baseConversion: number;
  /** Conversions that are credited. */
  readonly conversions: number;
  /** Their value. */
  readonly value: number;
  /** Paths with touches that did not convert. */
  readonly nulls: number;
  /** Conversions that no touch came before; no channel is credited with them. */
  readonly unattributed: Unattributed;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/**
 * The core of attribution, for paths of any origin.
 *
 * @param caller - the public function.
 * @param paths - touches with their ends.
 * @param unattributed - conversions that have no path.
 * @param options - read options.
 * @returns a report.
 */
export function attribute(
  caller: string,
  paths: TouchPaths,
  unattributed: Unattributed,
  options: ReadOptions<AttributionMethodOptions>,
): PathAttributionReport {
  const { method, nulls, order } = options;
  const totals = {
    conversions: totalOf(caller, "conversions", paths.conversions),
    value: totalOf(caller, "values", paths.values),
    nulls: totalOf(caller, "nulls", paths.nulls),
  };
  totalOf(caller, "values without a touch", [unattributed.value]);
  const effects = method === "markov" ? removalEffects(caller, paths, order, nulls) : null;
  const credits = effects === null ? creditsBy(caller, paths, options) : creditsByEffects(effects, totals);
  const conversions = settled(credits.conversions, totals.conversions);
  const values = settled(credits.values, totals.value);
  const ends = totals.conversions + (nulls ? totals.nulls : 0);
  return {
    method,
    channels: paths.channels.map((channel, i) => ({
      channel,
      conversions: conversions[i],
      value: values[i],
      ...(effects === null ? {} : { removalEffect: effects[i] }),
    })),
    baseConversion: totals.conversions === 0 ? 0 : totals.conversions / ends,
    ...totals,
    unattributed: { ...unattributed },
    notes: notesOf(totals, unattributed, options),
  };
}

function totalOf(caller: string, what: string, amounts: Iterable<number>): number {
  const state = { sum: 0, correction: 0 };
  for (const amount of amounts) addCompensated(state, amount);
  const total = state.sum + state.correction;
  if (Number.isFinite(total)) return total;
  refuse(caller, "too-large", "paths", `${what} that add up below 1.8e308`, "an overflow");
}

function creditsBy(caller: string, paths: TouchPaths, options: ReadOptions<AttributionMethodOptions>): Credits {
  const { method } = options;
  if (method === "shapley" || method === "markov") return creditsByShapley(caller, paths);
  return creditsByRule(method, paths, options);
}

/** All conversions, and all value, in proportion to the removal effects. */
function creditsByEffects(
  effects: Float64Array,
  { conversions, value }: { conversions: number; value: number },
): Credits {
  const sum = effects.reduce((total, effect) => total + effect, 0);
  const shares = effects.map((effect) => (sum === 0 ? 0 : effect / sum));
  return {
    conversions: shares.map((share) => share * conversions),
    values: shares.map((share) => share * value),
  };
}

/**
 * Credits whose plain sum is the total to the last bit. Where it is not, they are rounded to multiples of the last bit of the
 * total, which add up without rounding, and the largest takes what is left over. Only amounts of both signs may miss a bit.
 */
function settled(credits: Float64Array, total: number): Float64Array {
  if (credits.reduce((sum, credit) => sum + credit, 0) === total) return credits;
  let [size, largest] = [0, 0];
  credits.forEach((credit, i) => {
    size += Math.abs(credit);
    if (Math.abs(credit) > Math.abs(credits[largest])) largest = i;
  });
  // Numbers next to 0 have fewer bits: nothing is below the smallest.
  const lastBit = Math.max(powerBelow(Math.max(size, Math.abs(total))) * 2 ** -52, Number.MIN_VALUE);
  const rounded = credits.map((credit) => Math.round(credit / lastBit) * lastBit + 0);
  rounded[largest] += total - rounded.reduce((sum, credit) => sum + credit, 0);
  return rounded;
}

function notesOf(
  { conversions, nulls: nullPaths }: { conversions: number; nulls: number },
  unattributed: Unattributed,
  { method, nulls }: ReadOptions<AttributionMethodOptions>,
): Note[] {
  const notes: Note[] = [];
  if (conversions === 0) {
    notes.push({ code: "no-conversion", message: "No conversion follows a touch; every credit is 0." });
  }
  if (unattributed.conversions > 0) {
    const count = unattributed.conversions;
    notes.push({ code: "unattributed", message: `${count} conversions follow no touch and are credited to nobody.` });
  }
  if (method === "markov" && nulls && nullPaths === 0 && conversions > 0) {
    notes.push({
      code: "no-null-paths",
      message: "Every path converts; removal effects say how paths share channels, not how much a channel persuades.",
    });
  }
  return notes;
}
