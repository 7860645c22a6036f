import type { MigrationReport } from "../segments/migration.ts";
import { distinctLabels } from "./text.ts";

/** Counts of a migration with names that can be drawn. */
export interface Moves {
  /** Labels of the segments, all different. */
  readonly names: readonly string[];
  /** Label of those who were in no segment before. */
  readonly entry: string;
  /** Label of those who are in no segment after. */
  readonly exit: string;
  /** Customers by segment before and after. */
  readonly counts: readonly (readonly number[])[];
  readonly entered: readonly number[];
  readonly left: readonly number[];
  /** All customers of these figures. */
  readonly total: number;
}

/** Customers who went the same way; the number after the last segment stands for no segment. */
export interface Flow {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Reads the counts of a checked report. Shares and sizes are sums of them, so a picture cannot contradict itself.
 *
 * @param report - of `measureMigration`.
 */
export function readMoves({ names, counts, entered, left }: MigrationReport): Moves {
  const labels = distinctLabels([...names, "Entered", "Left"], 24);
  const [entry, exit] = labels.slice(names.length);
  const total = sum(counts.map(sum)) + sum(entered) + sum(left);
  return { names: labels.slice(0, names.length), entry, exit, counts, entered, left, total };
}

/**
 * Draws all but the largest segments together as one, the last.
 *
 * @param moves - what to draw.
 * @param most - how many segments stay by themselves.
 * @returns at most `most + 1` segments; no customer is lost.
 */
export function foldSegments(moves: Moves, most: number): Moves {
  const { names, counts, entered, left } = moves;
  if (names.length <= most + 1) return moves;
  const weights = names.map((_, s) => sum(counts[s]) + left[s] + sum(counts.map((row) => row[s])) + entered[s]);
  const ranked = names.map((_, s) => s).sort((a, b) => weights[b] - weights[a] || a - b);
  const kept = ranked.slice(0, most).sort((a, b) => a - b);
  const placeOf = new Array<number>(names.length).fill(most);
  kept.forEach((segment, place) => (placeOf[segment] = place));
  const fold = (values: readonly number[]): number[] => {
    const folded = new Array<number>(most + 1).fill(0);
    values.forEach((value, s) => (folded[placeOf[s]] += value));
    return folded;
  };
  const rows = counts.map(fold);
  const folded = Array.from({ length: most + 1 }, () => new Array<number>(most + 1).fill(0));
  rows.forEach((row, from) => {
    row.forEach((count, to) => (folded[placeOf[from]][to] += count));
  });
  const rest = `${names.length - most} other segments`;
  const labels = distinctLabels([...kept.map((s) => names[s]), moves.entry, moves.exit, rest], 40);
  return { ...moves, names: [...labels.slice(0, most), labels[most + 2]], counts: folded, entered: fold(entered), left: fold(left) }; // prettier-ignore
}

/**
 * Lists the flows that somebody took, by origin, then by destination.
 *
 * @param moves - what to draw.
 */
export function flowsOf({ counts, entered, left }: Moves): Flow[] {
  const rows = [...counts.map((row, from) => [...row, left[from]]), [...entered, 0]];
  return rows.flatMap((row, from) => row.map((count, to) => ({ from, to, count })).filter(({ count }) => count > 0));
}

/** Adds up counts. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
