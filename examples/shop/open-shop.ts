// Where the events come from: a person's own file, or a simulated shop.
import { readEventColumns, readEvents } from "clientele/events";
import type { ShopEvent } from "clientele/simulate";
import { simulateShop } from "clientele/simulate";
import type { EventLog } from "clientele/tables";
import { basename } from "node:path";
import type { Command, FileOptions } from "./arguments.ts";
import { asOfTime, readEventFile, repeatsAnId } from "./event-columns.ts";
import { orderColumn } from "./growing-columns.ts";
import type { Shop } from "./pipeline.ts";
import type { Step } from "./progress.ts";
import { count, progressLine } from "./progress.ts";
import { nextMidnight } from "./times.ts";
import { UserError } from "./user-error.ts";

/**
 * Reads a person's own file.
 *
 * @param file - path, columns and formats.
 * @param step - runs and reports one step.
 * @param print - takes one line.
 * @returns the shop.
 * @throws {UserError} when the file cannot be used or no row of it can.
 */
export async function shopFromFile(file: FileOptions, step: Step, print: (line: string) => void): Promise<Shop> {
  const start = performance.now();
  const source = basename(file.path);
  const events = await readEventFile(file);
  print(progressLine("read CSV", `${count(events.read)} rows of ${source}`, start));
  events.notes.forEach((note) => print(`  ${note}`));
  const { log, report } = step(
    "readEventColumns",
    () => readEventColumns({ ...events.columns, ...(file.value === undefined && { value: undefined }) }),
    ({ report: { accepted } }) => `${count(accepted)} of ${count(events.read)} rows accepted`,
  );
  const rejected = Object.fromEntries([...events.rejected, ...Object.entries(report.rejectedCount)]);
  if (log.length === 0) {
    const reasons = Object.entries(rejected).map(([reason, rows]) => `${reason}: ${count(rows)}`);
    throw new UserError(`${file.path}: all ${count(events.read)} rows were rejected (${reasons.join(", ")}).`);
  }
  return {
    source,
    log,
    intake: {
      read: events.read,
      accepted: report.accepted,
      rejected,
      notes: [...events.notes, ...report.notes.map(({ message }) => message)],
    },
    asOf: file.asOf === undefined ? nextMidnight(lastTime(log), file.timeZone) : asOfTime(file.asOf, file),
    timeZone: file.timeZone,
    purchase: file.purchase,
    order: file.order === undefined ? undefined : orderColumn,
    hasValue: file.value !== undefined,
  };
}

/**
 * Simulates a year of a shop: about fifty events per customer, with the faults of real trackers planted in them.
 *
 * @param command - number of customers and seed.
 * @param step - runs and reports one step.
 * @returns the shop.
 */
export function simulatedShop({ customers, seed }: Pick<Command, "customers" | "seed">, step: Step): Shop {
  const { rows } = step(
    "simulateShop",
    () => simulateShop({ customers, days: 365, seed }),
    ({ rows: { length } }) => `${count(customers)} customers, ${count(length)} rows`,
  );
  const sent = step(
    "once per id",
    () => firstOfEachId(rows),
    ({ length }) => `${count(length)} rows, ${count(rows.length - length)} repeats left out`,
  );
  const { log, report } = step(
    "readEvents",
    () => readEvents(sent, { customer: "customer", type: "type", time: "time", value: "value" }),
    ({ report: { accepted } }) => `${count(accepted)} of ${count(sent.length)} rows accepted`,
  );
  const repeats = rows.length - sent.length;
  return {
    source: "a simulated shop",
    log,
    intake: {
      read: rows.length,
      accepted: report.accepted,
      rejected: { ...(repeats > 0 && { [repeatsAnId]: repeats }), ...report.rejectedCount },
      notes: report.notes.map(({ message }) => message),
    },
    asOf: nextMidnight(lastTime(log), "UTC"),
    timeZone: "UTC",
    purchase: "purchase",
    order: undefined,
    hasValue: true,
  };
}

/** Trackers send some events twice; both rows carry the same id. */
function firstOfEachId(rows: readonly ShopEvent[]): ShopEvent[] {
  const seen = new Set<string>();
  return rows.filter(({ id }) => seen.size < seen.add(id).size);
}

function lastTime({ time }: EventLog): number {
  return time.reduce((last, now) => Math.max(last, now), -Infinity);
}
