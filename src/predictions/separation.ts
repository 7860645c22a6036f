import type { Note } from "../core/note.ts";
import type { OutcomeRows } from "../numeric/logistic-pass.ts";

/** A feature that adds less than this share of the most is not named as part of what separates. */
const smallPart = 0.01;
/** Features named at most where only several together separate. */
const mostNamed = 3;

/**
 * Names what tells the outcomes apart: every feature that does it alone, else those that do it together.
 *
 * @param names - of the columns.
 * @param data - rows whose outcomes are separated.
 * @param direction - coefficients of the combination that separates them.
 * @param scale - the usual deviation of each column.
 */
export function separationNote(
  names: readonly string[],
  data: OutcomeRows,
  direction: Float64Array,
  scale: Float64Array,
): Note {
  const alone = names.filter((_, j) => separatesAlone(data, j));
  if (alone.length > 0) {
    const message =
      `${alone.join(", ")} ${alone.length === 1 ? "tells" : "each tell"} all or some of the outcomes apart without error: ` +
      "no finite coefficient is best, and the numbers are those at which the fit stopped. Use l2, or look for a leak.";
    return { code: "separation", message };
  }
  const parts = Array.from(direction, (value, j) => Math.abs(value) * scale[j]);
  const message =
    `${partners(names, parts)} together tell all or some of the outcomes apart without error: no finite coefficients are ` +
    "best, and the numbers are those at which the fit stopped. Use l2, or fewer features.";
  return { code: "separation", message };
}

/** The features that make up a combination, the largest parts first; at most a few are named. */
export function partners(names: readonly string[], parts: readonly number[]): string {
  const most = parts.reduce((largest, part) => Math.max(largest, part), 0);
  const together = names
    .map((name, j) => ({ name, part: parts[j] }))
    .filter(({ part }) => part >= smallPart * most)
    .sort((a, b) => b.part - a.part);
  const more = together.length > mostNamed ? ` and ${together.length - mostNamed} more` : "";
  const list = together.slice(0, mostNamed).map(({ name }) => name);
  return `${list.join(", ")}${more}`;
}

/** Whether no value of a column is on the wrong side of one boundary, and not all are on it. */
function separatesAlone({ values, rows, columns, outcome, weights }: OutcomeRows, j: number): boolean {
  const least = [Infinity, Infinity];
  const greatest = [-Infinity, -Infinity];
  for (let row = 0; row < rows; row++) {
    if (weights !== undefined && weights[row] === 0) continue;
    const value = values[row * columns + j];
    const came = outcome[row];
    if (value < least[came]) least[came] = value;
    if (value > greatest[came]) greatest[came] = value;
  }
  const isConstant = least[0] === greatest[0] && least[1] === greatest[1] && least[0] === least[1];
  return !isConstant && (greatest[0] <= least[1] || greatest[1] <= least[0]);
}
