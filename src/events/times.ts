import type { Note } from "../core/note.ts";
import { block } from "../numeric/move-rows.ts";
import type { Cells } from "./cells.ts";
import type { Refuse } from "./intake.ts";
import type { TimeUnit } from "./timestamp.ts";
import { inRange, readTime, scales, timeFaultOf } from "./timestamp.ts";

/** A column of times in epoch milliseconds, NaN where the row is refused, and what is odd about the numbers given. */
export interface Times {
  readonly time: Float64Array;
  readonly notes: readonly Note[];
}

// Numbers of today's size in each unit are a factor of 1000 apart: 2001 to 5138 in one reads as another year in the next.
const units = ["s", "ms", "us", "ns"] as const;
const unitNames = ["seconds", "milliseconds", "microseconds", "nanoseconds"] as const;
const unitBounds = [1e8, 1e11, 1e14, 1e17, 1e20] as const;

/** Reads cells as points in time, and refuses rows that hold none. */
export function encodeTimes(cells: Cells, unit: TimeUnit, refuse: Refuse): Times {
  const time = new Float64Array(cells.length);
  const numeric = new Float64Array(cells.length);
  let numbers = 0;
  for (let row = 0; row < time.length; row++) {
    const cell = cells[row];
    if (typeof cell === "number" || typeof cell === "bigint") numeric[numbers++] = Number(cell);
    time[row] = readTime(cell, unit);
    if (Number.isNaN(time[row])) refuse(row, timeFaultOf(cell));
  }
  return { time, notes: unitNotes(numeric.subarray(0, numbers), unit) };
}

/** {@link encodeTimes} for a column that is numbers already, without looking at the kind of each cell. */
export function takeTimes(cells: Float64Array, unit: TimeUnit, refuse: Refuse): Times {
  const { up, down } = scales[unit];
  const notes = unitNotes(cells, unit);
  // Milliseconds are taken without a copy, unless one may be -0, of which adding 0 makes a 0.
  if (up === down && areInstants(cells)) return { time: cells, notes };
  const time = cells.map((cell) => (cell * up) / down + 0);
  for (let row = 0; row < time.length; row++) {
    if (!inRange(time[row])) refuse(row, timeFaultOf(cells[row]));
  }
  return { time, notes };
}

/** Whether all are in range and none is 0. */
function areInstants(times: Float64Array): boolean {
  for (let from = 0; from < times.length; from += block) {
    if (!areInstantsWithin(times, from, Math.min(times.length, from + block))) return false;
  }
  return true;
}

function areInstantsWithin(times: Float64Array, from: number, to: number): boolean {
  for (let row = from; row < to; row++) if (!inRange(times[row]) || times[row] === 0) return false;
  return true;
}

const mostLookedAt = 10_000;

/** Says so when most numbers are, in another unit than the one they are read in, times of our days. */
function unitNotes(times: Float64Array, unit: TimeUnit): Note[] {
  const counts = new Uint32Array(units.length);
  // Every so-manieth time of a long column tells as much as all of them.
  const stride = Math.max(1, Math.ceil(times.length / mostLookedAt));
  const lookedAt = Math.ceil(times.length / stride);
  for (let i = 0; i < times.length; i += stride) {
    const time = times[i];
    if (!(time >= unitBounds[0] && time < unitBounds[4])) continue;
    if (time < unitBounds[2]) counts[time < unitBounds[1] ? 0 : 1]++;
    else counts[time < unitBounds[3] ? 2 : 3]++;
  }
  const u = counts.findIndex((count) => count * 2 > lookedAt);
  if (u < 0 || units[u] === unit) return [];
  const [looks, reads] = [unitNames[u], unitNames[units.indexOf(unit)]];
  const many = `${counts[u]} of ${lookedAt} ${stride > 1 ? "sampled " : ""}numeric times`;
  const message = `${many} look like ${looks}, but are read as ${reads}; set timeUnit to "${units[u]}" if they are.`;
  return [{ code: `time-looks-like-${looks}`, message }];
}
