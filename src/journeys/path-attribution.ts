import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { isTextList, type OptionTable, readOptions } from "../core/options.ts";
import { stringOrder } from "../numeric/string-order.ts";
import {
  attribute,
  type AttributionMethodOptions,
  attributionMethodOptions,
  type PathAttributionReport,
} from "./attribution-report.ts";
import { type PathOptions, pathOptions } from "./paths.ts";
import type { TouchPaths, Unattributed } from "./touch-paths.ts";

/** A path of touches with how often it occurred, as tools for attribution export it. */
export interface CountedPath {
  /** Channels in the order of the touches. */
  readonly channels: readonly string[];
  /** How often it ended in a conversion. */
  readonly conversions: number;
  /** What these conversions were worth together; default 0. */
  readonly value?: number | undefined;
  /** How often it ended without a conversion; default 0. */
  readonly nulls?: number | undefined;
  /** Days from each touch to the end of the path; needed by `"time-decay"` only. */
  readonly ageDays?: readonly number[] | undefined;
}

/** Options of {@link measurePathAttribution}. */
export interface MeasurePathAttributionOptions extends AttributionMethodOptions, Pick<PathOptions, "selfLoops"> {}

/** Option table of {@link measurePathAttribution}. */
export const measurePathAttributionOptions: OptionTable<MeasurePathAttributionOptions> = {
  ...attributionMethodOptions,
  selfLoops: pathOptions.selfLoops,
};

const caller = "measurePathAttribution";

/**
 * {@link measureAttribution} for paths that are counted already: exports of analytics tools, or results of a query. The same
 * paths give the same credits by both functions.
 *
 * @param paths - in any order; the same path may occur more than once, and its counts may be fractions.
 * @param options - the method is required.
 * @returns credits that add up to the conversions and the value to the last bit.
 * @throws {ClienteleError} `shape-mismatch` or `invalid-value` with the position of what cannot be read; `too-large` for more
 * than 15 channels of `"shapley"`, more than 3,000 states of `"markov"`, or sums that overflow. Cost: see the twin.
 * @example
 * const paths = [
 *   { channels: ["C1", "C2", "C3"], conversions: 1, value: 1000 },
 *   { channels: ["C1"], conversions: 0, nulls: 1 },
 *   { channels: ["C2", "C3"], conversions: 0, nulls: 1 },
 * ];
 * const { channels, baseConversion } = measurePathAttribution(paths, { method: "markov" });
 * baseConversion; // 0.333
 * channels.map(({ removalEffect }) => removalEffect); // [0.5, 1, 1]
 * channels.map(({ value }) => value); // [200, 400, 400]
 */
export function measurePathAttribution(
  paths: readonly CountedPath[],
  options: MeasurePathAttributionOptions,
): PathAttributionReport {
  const read = readOptions(caller, measurePathAttributionOptions, options);
  if (!Array.isArray(paths)) refuse(caller, "shape-mismatch", "paths", "a list of paths", describeValue(paths));
  const { touchPaths, unattributed } = encoded(paths, read.selfLoops === "collapse", read.method === "time-decay");
  return attribute(caller, touchPaths, unattributed, read);
}

function encoded(
  paths: readonly CountedPath[],
  collapses: boolean,
  needsAges: boolean,
): { touchPaths: TouchPaths; unattributed: Unattributed } {
  paths.forEach((path, i) => checkPath(path, `paths[${i}]`, needsAges));
  const touches = paths.reduce((sum, { channels }) => sum + channels.length, 0);
  const codes = new Uint32Array(touches);
  const ageDays = new Float64Array(needsAges ? touches : 0);
  const starts = new Uint32Array(paths.length + 1);
  const [conversions, values, nulls] = [0, 1, 2].map(() => new Float64Array(paths.length));
  const known = new Map<string, number>();
  const unattributed = { conversions: 0, value: 0 };
  let [count, touch] = [0, 0];
  for (const path of paths) {
    if (path.channels.length === 0) {
      unattributed.conversions += path.conversions;
      unattributed.value += path.value ?? 0;
      continue;
    }
    path.channels.forEach((channel, i) => {
      if (collapses && i > 0 && path.channels[i - 1] === channel) return;
      const code = known.get(channel) ?? known.size;
      known.set(channel, code);
      if (needsAges) ageDays[touch] = path.ageDays?.[i] ?? 0;
      codes[touch++] = code;
    });
    conversions[count] = path.conversions;
    values[count] = path.value ?? 0;
    nulls[count] = path.nulls ?? 0;
    starts[++count] = touch;
  }
  const names = [...known.keys()];
  const order = stringOrder(names);
  const places = new Uint32Array(names.length);
  order.forEach((code, place) => (places[code] = place));
  return {
    touchPaths: {
      channels: Array.from(order, (code) => names[code]),
      codes: codes.subarray(0, touch).map((code) => places[code]),
      starts: starts.subarray(0, count + 1),
      conversions: conversions.subarray(0, count),
      values: values.subarray(0, count),
      nulls: nulls.subarray(0, count),
      ageDays: ageDays.subarray(0, needsAges ? touch : 0),
    },
    unattributed,
  };
}

function checkPath(path: CountedPath, at: string, needsAges: boolean): void {
  if (!isRecord(path)) refuse(caller, "shape-mismatch", at, "{ channels, conversions }", describeValue(path));
  const { channels, conversions, value, nulls, ageDays } = path;
  if (!isTextList(channels)) {
    refuse(caller, "shape-mismatch", `${at}.channels`, "a list of strings", describeValue(channels));
  }
  checkCount(conversions, `${at}.conversions`);
  if (nulls !== undefined) checkCount(nulls, `${at}.nulls`);
  if (value !== undefined && !Number.isFinite(value)) {
    refuse(caller, "invalid-value", `${at}.value`, "a finite number", describeCell(value));
  }
  if (conversions === 0 && (value ?? 0) !== 0) {
    refuse(caller, "invalid-value", `${at}.value`, "0 where nothing is converted", "another number");
  }
  if (!needsAges) return;
  if (!isList(ageDays) || ageDays.length !== channels.length) {
    refuse(caller, "shape-mismatch", `${at}.ageDays`, "one number per touch", describeValue(ageDays));
  }
  for (let i = 0; i < ageDays.length; i++) checkCount(ageDays[i], `${at}.ageDays[${i}]`);
}

function checkCount(count: unknown, at: string): void {
  if (!Number.isFinite(count) || (count as number) < 0) {
    refuse(caller, "invalid-value", at, "a finite number, 0 or more", describeCell(count));
  }
}
