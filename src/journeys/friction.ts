import { adjusted } from "../numeric/adjust.ts";
import { type OddsTest, testTwoByTwo } from "../numeric/two-by-two.ts";
import type { Gap, LostPaths, Stretches } from "./lost-paths.ts";
import type { PathTable } from "./paths.ts";

/** An event that those who were lost did more often than those who went on, after the same point. */
export interface StumblingBlock {
  /** The event type. */
  readonly event: string;
  /** The point that both had reached; null = the start of the path. */
  readonly after: string | null;
  /** The point that only the others reached; null = the goal. */
  readonly before: string | null;
  /** Lost paths that did it in between (of loops: at least twice). */
  readonly lost: number;
  /** `lost` of all paths lost there. */
  readonly lostShare: number;
  /** Paths that did it and went on. */
  readonly advanced: number;
  /** `advanced` of all paths that went on. */
  readonly advancedShare: number;
  /** Odds of having done it, the lost against the others; above 1. */
  readonly oddsRatio: number;
  /** 95 % interval of the odds ratio. */
  readonly interval: readonly [number, number];
  /** Two-sided, of χ²; of Fisher's exact test where counts are small. */
  readonly pValue: number;
  /** `pValue` adjusted by Benjamini–Hochberg for all events, loops and gaps that were compared. */
  readonly adjustedPValue: number;
}

/** What stands in the way. */
export interface Friction {
  /** Events that the lost did more often. */
  readonly stumblingBlocks: readonly StumblingBlock[];
  /** Events that the lost did repeatedly more often: attempts that had to be made again. */
  readonly loops: readonly StumblingBlock[];
  /** Mean number of events between points, of the lost and of those who went on; null without either. */
  readonly watched: { readonly lost: number | null; readonly advanced: number | null };
}

type Tested = Omit<StumblingBlock, "adjustedPValue">;

/**
 * Compares what the lost did with what those did who went on from the same point.
 *
 * @param paths - the paths.
 * @param lostPaths - where they were lost.
 * @param minPaths - an event that fewer paths did in between is not asked about.
 * @param top - how many of each list are told.
 * @returns the surest first, then the strongest. Cost: linear in the steps, and states × points numbers.
 */
export function frictionOf(paths: PathTable, { gaps }: LostPaths, minPaths: number, top: number): Friction {
  const events = { lost: 0, advanced: 0 };
  const sizes = { lost: 0, advanced: 0 };
  const tests = gaps.map((gap) => {
    const lost = countIn(paths, gap.lost);
    const advanced = countIn(paths, gap.advanced);
    events.lost += lost.events;
    events.advanced += advanced.events;
    sizes.lost += gap.lost.from.length;
    sizes.advanced += gap.advanced.from.length;
    return {
      once: testedIn(gap, paths.states, lost.once, advanced.once, minPaths),
      again: testedIn(gap, paths.states, lost.again, advanced.again, minPaths),
    };
  });
  const once = tests.flatMap((test) => test.once);
  const again = tests.flatMap((test) => test.again);
  const pValues = adjusted(
    [...once, ...again].map(({ pValue }) => pValue),
    "bh",
  );
  const told = (some: readonly Tested[], first: number): StumblingBlock[] =>
    some
      .map((test, i) => ({ ...test, adjustedPValue: pValues[first + i] ?? 1 }))
      .filter(({ oddsRatio }) => oddsRatio > 1)
      .sort((x, y) => x.adjustedPValue - y.adjustedPValue || x.pValue - y.pValue || y.oddsRatio - x.oddsRatio)
      .slice(0, top);
  const meanOf = (sum: number, n: number): number | null => (n === 0 ? null : sum / n);
  return {
    stumblingBlocks: told(once, 0),
    loops: told(again, once.length),
    watched: { lost: meanOf(events.lost, sizes.lost), advanced: meanOf(events.advanced, sizes.advanced) },
  };
}

/** In how many stretches each state occurs, and in how many at least twice. */
function countIn(
  { states, codes }: PathTable,
  { from, end }: Stretches,
): { once: Uint32Array; again: Uint32Array; events: number } {
  // prettier-ignore
  const once = new Uint32Array(states.length);
  const again = new Uint32Array(states.length);
  const seenIn = new Int32Array(states.length).fill(-1);
  const repeatedIn = new Int32Array(states.length).fill(-1);
  let events = 0;
  for (let i = 0; i < from.length; i++) {
    for (let pos = from[i]; pos < end[i]; pos++) {
      const state = codes[pos];
      events++;
      if (seenIn[state] !== i) {
        seenIn[state] = i;
        once[state]++;
      } else if (repeatedIn[state] !== i) {
        repeatedIn[state] = i;
        again[state]++;
      }
    }
  }
  return { once, again, events };
}

function testedIn(
  gap: Gap,
  states: readonly string[],
  lost: Uint32Array,
  advanced: Uint32Array,
  minPaths: number,
): Tested[] {
  const [lostAll, advancedAll] = [gap.lost.from.length, gap.advanced.from.length];
  return states.flatMap((event, state): Tested[] => {
    const [a, c] = [lost[state], advanced[state]];
    if (a + c < minPaths) return [];
    const test: OddsTest | null = testTwoByTwo({ a, b: lostAll - a, c, d: advancedAll - c });
    if (test === null) return [];
    const { oddsRatio, interval, pValue } = test;
    const { after, before } = gap;
    return [{ event, after, before, lost: a, lostShare: a / lostAll, advanced: c, advancedShare: c / advancedAll, oddsRatio, interval, pValue }]; // prettier-ignore
  });
}
