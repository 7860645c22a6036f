import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { isFiniteVector } from "../core/model.ts";
import { integer, type OptionTable, readOptions, real } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";

/** Options of {@link stepAdwin}. */
export interface StepAdwinOptions {
  /** The chance of a false alarm that each check is held to; default 0.002. Smaller = fewer alarms, and later. */
  readonly delta?: number | undefined;
  /** A check at every so many values; default 32. */
  readonly every?: number | undefined;
  /** Neither part of the window is shorter than this; default 5. */
  readonly minimumPart?: number | undefined;
}

/** Values of one size class, oldest first. */
export interface AdwinRow {
  /** Sums of the values of each bucket. */
  readonly totals: readonly number[];
  /** Sums of squared deviations from each bucket's own mean. */
  readonly squares: readonly number[];
}

/** What {@link stepAdwin} remembers: buckets of 1, 2, 4, … values, at most five of a size. */
export interface AdwinState {
  /** How many values have been seen. */
  readonly seen: number;
  /** `rows[r]` holds buckets of 2ʳ values. */
  readonly rows: readonly AdwinRow[];
}

/** Result of {@link stepAdwin}. */
export interface AdwinStep {
  /** For the next call; JSON-safe, its length grows with the logarithm of the window. */
  readonly state: AdwinState;
  /** Whether the mean has changed within the window; the part before the change has been forgotten. */
  readonly drift: boolean;
  /** Whether the mean went up or down; null without a drift. */
  readonly direction: "up" | "down" | null;
  /** How many of the last values are alike, as far as can be told, and their mean (null of none). */
  readonly width: number;
  /** Mean of the values in the window; null of none. */
  readonly mean: number | null;
}

/** Option table of {@link stepAdwin}. */
export const stepAdwinOptions: OptionTable<StepAdwinOptions> = {
  delta: real({ above: 0, below: 1, default: 0.002 }),
  every: integer({ min: 1, max: 1e6, default: 32 }),
  minimumPart: integer({ min: 1, max: 1e6, default: 5 }),
};

/** As many buckets of one size; more of them would find the place of a change more exactly, and cost more. */
const mostBuckets = 5;

/** A window of no more values than this is not checked. */
const shortest = 10;

interface Bucket {
  count: number;
  total: number;
  squares: number;
}

type Rows = { totals: number[]; squares: number[] }[];

/**
 * Watches a stream for a change of its mean, up or down, with a window that grows while nothing changes and forgets what was before a
 * change: conversion by visitor, errors of a model by prediction.
 *
 * Values should lie about within [0, 1] (0/1, shares, scaled amounts): the bound has a term for their range. On stable streams of uniform
 * or 0/1 values 10,000 long less than 2 % had an alarm.
 *
 * @param state - what the call before returned; undefined to begin.
 * @param x - the next value; NaN is skipped.
 * @param options - see {@link StepAdwinOptions}; the same at each call.
 * @returns the next state, whether and where the mean went, and the window's width and mean.
 * @throws {ClienteleError} `invalid-value` for an infinite or other value; `incompatible-model` for a damaged state; `invalid-option`. Cost: O(log width),
 * each check O(log² width) at most.
 * @example
 * let state: AdwinState | undefined;
 * const alarms: number[] = [];
 * for (let i = 0; i < 1000; i++) {
 *   const step = stepAdwin(state, i < 500 ? (i * 7 % 10) / 20 : 0.5 + (i * 7 % 10) / 20);
 *   if (step.drift) alarms.push(i);
 *   state = step.state;
 * }
 * alarms[0]; // 543
 * @see Bifet & Gavaldà (2007), "Learning from time-changing data with adaptive windowing": ADWIN2.
 */
export function stepAdwin(state: AdwinState | undefined, x: number, options?: StepAdwinOptions): AdwinStep {
  const caller = "stepAdwin";
  const read = readOptions(caller, stepAdwinOptions, options);
  if (typeof x !== "number" || x === Infinity || x === -Infinity) {
    refuse(caller, "invalid-value", "x", "a finite number or NaN", describeCell(x));
  }
  if (state !== undefined) checkState(caller, state);
  const rows = (state?.rows ?? []).map((row) => ({ totals: [...row.totals], squares: [...row.squares] }));
  const before = state?.seen ?? 0;
  if (Number.isNaN(x)) return { ...windowOf(rows), state: { seen: before, rows }, drift: false, direction: null };
  append(rows, x);
  const seen = before + 1;
  const forgotten = { count: 0, total: 0, squares: 0 };
  if (seen % read.every === 0) while (hasCut(rows, read.delta, read.minimumPart)) join(forgotten, removeOldest(rows));
  const window = windowOf(rows);
  const drift = forgotten.count > 0;
  const rose = drift && (window.mean as number) > forgotten.total / forgotten.count;
  return { ...window, state: { seen, rows }, drift, direction: drift ? (rose ? "up" : "down") : null };
}

/** Adds a bucket of one value; where a size has one too many, its two oldest become one of the next size. */
function append(rows: Rows, x: number): void {
  if (rows.length === 0) rows.push({ totals: [], squares: [] });
  rows[0].totals.push(x);
  rows[0].squares.push(0);
  for (let r = 0; rows[r].totals.length > mostBuckets; r++) {
    const { totals, squares } = rows[r];
    const size = powerOfTwo(r);
    const merged = { count: size, total: totals[0], squares: squares[0] };
    join(merged, { count: size, total: totals[1], squares: squares[1] });
    totals.splice(0, 2);
    squares.splice(0, 2);
    if (r + 1 === rows.length) rows.push({ totals: [], squares: [] });
    rows[r + 1].totals.push(merged.total);
    rows[r + 1].squares.push(merged.squares);
  }
}

/** Adds the values of one bucket to those of another (Chan, Golub & LeVeque). */
function join(into: Bucket, from: Bucket): void {
  if (into.count > 0) {
    const difference = into.total / into.count - from.total / from.count;
    into.squares += difference * difference * ((into.count / (into.count + from.count)) * from.count);
  }
  into.squares += from.squares;
  into.count += from.count;
  into.total += from.total;
}

function removeOldest(rows: Rows): Bucket {
  const r = rows.length - 1;
  const oldest = {
    count: powerOfTwo(r),
    total: rows[r].totals.shift() as number,
    squares: rows[r].squares.shift() as number,
  };
  while (rows.length > 0 && rows[rows.length - 1].totals.length === 0) rows.pop();
  return oldest;
}

/** Everything in the window. It is added up anew, so that no rounding is carried along. */
function sumOfWindow(rows: Rows): Bucket {
  const sum = { count: 0, total: 0, squares: 0 };
  for (let r = rows.length - 1; r >= 0; r--) {
    rows[r].totals.forEach((total, i) => join(sum, { count: powerOfTwo(r), total, squares: rows[r].squares[i] }));
  }
  return sum;
}

function windowOf(rows: Rows): { width: number; mean: number | null } {
  const { count, total } = sumOfWindow(rows);
  return { width: count, mean: count === 0 ? null : total / count + 0 };
}

/** Whether an older and a newer part of the window differ by more than chance, equation 3.1 with the variance of the window. */
function hasCut(rows: Rows, delta: number, minimumPart: number): boolean {
  const window = sumOfWindow(rows);
  if (window.count <= shortest) return false;
  const confidence = log((2 * log(window.count)) / delta);
  const variance = window.squares / window.count;
  let [count, total] = [0, 0];
  for (let r = rows.length - 1; r >= 0; r--) {
    for (const part of rows[r].totals) {
      count += powerOfTwo(r);
      total += part;
      const rest = window.count - count;
      if (rest < minimumPart) return false;
      if (count < minimumPart) continue;
      const inverse = 1 / (count - minimumPart + 1) + 1 / (rest - minimumPart + 1);
      const bound = Math.sqrt(2 * inverse * variance * confidence) + (2 / 3) * inverse * confidence;
      if (Math.abs(total / count - (window.total - total) / rest) > bound) return true;
    }
  }
  return false;
}

function checkState(caller: string, state: AdwinState): void {
  const given: unknown = state;
  const isIntact =
    isRecord(given) &&
    Number.isSafeInteger(given["seen"]) &&
    (given["seen"] as number) >= 0 &&
    Array.isArray(given["rows"]) &&
    given["rows"].length <= 53 &&
    given["rows"].every((row: Partial<AdwinRow> | null) => isFiniteVector(row?.totals) && row.totals.length <= mostBuckets && isFiniteVector(row.squares, row.totals.length)); // prettier-ignore
  if (!isIntact) refuse(caller, "incompatible-model", "state", "what stepAdwin returned", describeValue(state));
}

/** 2ʳ, exactly. */
function powerOfTwo(r: number): number {
  let power = 1;
  for (let i = 0; i < r; i++) power *= 2;
  return power;
}
