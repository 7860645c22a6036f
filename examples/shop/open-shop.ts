// Where the events come from: a person's own file, or a simulated shop.
import { readEventColumns, readEvents } from "clientele/events";
import type { ShopEvent } from "clientele/simulate";
import { simulateCampaign, simulateShop } from "clientele/simulate";
import type { EventLog } from "clientele/tables";
import { missingCode } from "clientele/tables";
import type { Command, FileOptions } from "./arguments.ts";
import type { FileEvents } from "./event-columns.ts";
import { asOfTime, repeatsAnId } from "./event-columns.ts";
import { orderColumn, variantColumn } from "./growing-columns.ts";
import type { Experiment, Shop } from "./pipeline.ts";
import type { Step } from "./progress.ts";
import { count } from "./progress.ts";
import { nextMidnight } from "./times.ts";
import { UserError } from "./user-error.ts";

/**
 * Makes a shop of a file's events.
 *
 * @param file - path, columns and formats.
 * @param events - what {@link eventCollector} made of its records.
 * @param step - runs and reports one step.
 * @param source - what to call the file.
 * @returns the shop.
 * @throws {UserError} when no row can be used.
 */
export function shopOf(file: FileOptions, events: FileEvents, step: Step, source: string): Shop {
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
    experiment: file.variant === undefined ? undefined : experimentOf(log, file.control),
  };
}

/** The variant of a customer is that of the first event that has one. */
function experimentOf({ customer, time, extra }: EventLog, given: string | undefined): Experiment | undefined {
  const column = extra[variantColumn];
  if (column === undefined || column instanceof Float64Array) return undefined;
  const arms = new Map<string, string>();
  const since = new Map<string, number>();
  const mixed = new Set<string>();
  let start = Infinity;
  column.codes.forEach((code, row) => {
    if (code === missingCode) return;
    const id = customer.names[customer.codes[row]];
    const arm = column.names[code];
    start = Math.min(start, time[row]);
    if ((arms.get(id) ?? arm) !== arm) mixed.add(id);
    arms.set(id, arms.get(id) ?? arm);
    since.set(id, Math.min(since.get(id) ?? Infinity, time[row]));
  });
  for (const id of mixed) arms.delete(id);
  if (arms.size === 0) return undefined;
  const sizes = new Map<string, number>();
  for (const arm of arms.values()) sizes.set(arm, (sizes.get(arm) ?? 0) + 1);
  const names = [...sizes.keys()].sort((a, b) => sizes.get(b)! - sizes.get(a)!);
  if (given !== undefined && !sizes.has(given)) throw new UserError(`--control ${given} is nobody's variant.`);
  const control = given ?? names.find((name) => /^(control|a|none|0)$/i.test(name)) ?? names[0];
  return { arms, since, control, start, mixed: mixed.size };
}

const dayMs = 86_400_000;

/** A message in the tenth month: it wakes those who drop in, and leaves the loyal as they are. */
const campaignDay = 300;
const answers = { occasional: 0.12, bargain: 0.06 } as const;

/**
 * Simulates a year of a shop: about fifty events per customer, with the faults of real trackers planted in them.
 *
 * @param command - number of customers and seed.
 * @param step - runs and reports one step.
 * @returns the shop.
 */
export function simulatedShop({ customers, seed }: Pick<Command, "customers" | "seed">, step: Step): Shop {
  const shop = step(
    "simulateShop",
    () => simulateShop({ customers, days: 365, seed }),
    ({ rows: { length } }) => `${count(customers)} customers, ${count(length)} rows`,
  );
  const start = shop.truth.start + campaignDay * dayMs;
  const campaign = step(
    "simulateCampaign",
    () => simulateCampaign(shop, { at: start, uplift: answers, windowDays: 14, seed }),
    ({ customers: told, added }) => `${count(told.length)} customers, ${count(added)} orders more`,
  );
  // That a message was sent is nothing that its receiver did.
  const rows = campaign.rows.filter(({ type }) => type !== "message");
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
    experiment: {
      arms: new Map(campaign.customers.map(({ id, treated }) => [id, treated ? "message" : "control"])),
      since: new Map(campaign.customers.map(({ id }) => [id, start])),
      control: "control",
      start,
      mixed: 0,
    },
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
