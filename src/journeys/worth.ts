import { describeValue, refuse } from "../core/errors.ts";
import { addCompensated, compensatedSum } from "../numeric/sums.ts";
import type { EventLog } from "../tables/event-log.ts";
import type { LostPaths } from "./lost-paths.ts";
import type { PathTable } from "./paths.ts";

/** What paths are worth. */
export interface Worth {
  /** Mean value of a path that converted, from its entry to its conversion; null without conversions or values. */
  readonly conversion: number | null;
  /** What some of the lost paths are worth. */
  readonly lost: (members: Uint32Array) => number | null;
}

/**
 * Tells what paths are worth.
 *
 * @param by - whether a lost path is worth what converters brought, or what it had gathered itself.
 * @throws {ClienteleError} `invalid-value` for values that do not add up to a finite number.
 */
export function worthOf(
  caller: string,
  log: EventLog,
  paths: PathTable,
  { point, entry, last, converted }: LostPaths,
  by: "converters" | "paths",
): Worth {
  const sumOfPaths = (count: number, from: (i: number) => number, to: (i: number) => number): number | null => {
    const sum = compensatedSum.init();
    let valued = 0;
    for (let i = 0; i < count; i++) {
      const end = paths.rows[to(i)];
      for (let row = paths.rows[from(i)]; row <= end; row++) {
        if (Number.isNaN(log.value[row])) continue;
        addCompensated(sum, log.value[row]);
        valued++;
      }
    }
    const total = compensatedSum.finish(sum);
    if (Number.isFinite(total)) return valued === 0 ? null : total;
    return refuse(caller, "invalid-value", "log.value", "values with a finite sum", describeValue(total));
  };
  const conversions = converted.from.length;
  const brought = sumOfPaths(
    conversions,
    (i) => converted.from[i],
    (i) => converted.end[i] - 1,
  );
  const conversion = brought === null ? null : brought / conversions;
  if (by === "converters") {
    return { conversion, lost: ({ length }) => (conversion === null ? null : conversion * length) };
  }
  const gathered = (members: Uint32Array): number | null =>
    sumOfPaths(
      members.length,
      (i) => entry[members[i]],
      (i) => last[members[i]],
    );
  const hasValues = gathered(Uint32Array.from(point.keys())) !== null;
  return { conversion, lost: (members) => (hasValues ? (gathered(members) ?? 0) : null) };
}
