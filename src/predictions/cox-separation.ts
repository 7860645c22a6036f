import type { Note } from "../core/note.ts";
import type { CoxRows } from "./cox-rows.ts";
import { partners } from "./separation.ts";

/** A score that is this share of its range too low still counts as highest: a direction found by steps is not exact. */
const roughly = 1e-6;

/**
 * Names what orders the events without error: whoever had one was highest among those at risk, so that a coefficient
 * would grow forever.
 *
 * @param names - of the columns.
 * @param data - the rows.
 * @param direction - a combination of columns to try when no column does it alone.
 * @returns undefined where nothing does it.
 */
export function coxSeparation(names: readonly string[], data: CoxRows, direction: Float64Array): Note | undefined {
  const { columns, rows, values } = data;
  const alone = names.filter((_, j) => {
    const column = new Float64Array(rows).map((zero, row) => zero + values[row * columns + j]);
    return alwaysHighest(data, column, 0) || alwaysHighest(data, column.map((x) => -x), 0); // prettier-ignore
  });
  const after = "no finite coefficient is best, and the numbers are those at which the fit stopped. Use l2, or look for a leak."; // prettier-ignore
  if (alone.length > 0) {
    const which = `${alone.join(", ")} ${alone.length === 1 ? "tells" : "each tell"}`;
    return { code: "separation", message: `${which} without error who of those at risk had the event: ${after}` };
  }
  const scores = new Float64Array(rows);
  for (let row = 0, cell = 0; row < rows; row++) {
    for (let j = 0; j < columns; j++, cell++) scores[row] += direction[j] * values[cell];
  }
  const range = scores.reduce((most, x) => Math.max(most, x), -Infinity) - scores.reduce((least, x) => Math.min(least, x), Infinity); // prettier-ignore
  if (!alwaysHighest(data, scores, roughly * range)) return undefined;
  const together = partners(names, Array.from(direction, Math.abs));
  return { code: "separation", message: `${together} together tell without error who of those at risk had the event: ${after}` }; // prettier-ignore
}

/** Whether everybody with the event had the highest score of those at risk, and not always with all of them. */
function alwaysHighest({ events, starts, came }: CoxRows, scores: Float64Array, room: number): boolean {
  let [highest, lowest, differs] = [-Infinity, Infinity, false];
  for (let k = came.length - 1; k >= 0; k--) {
    for (let row = starts[k]; row < starts[k + 1]; row++) {
      if (scores[row] > highest) highest = scores[row];
      if (scores[row] < lowest) lowest = scores[row];
    }
    for (let row = starts[k]; row < starts[k + 1] && events[row] === 1; row++) {
      if (scores[row] < highest - room) return false;
    }
    if (came[k] > 0 && lowest < highest - room) differs = true;
  }
  return differs;
}
