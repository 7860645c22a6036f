import { readEventColumns } from "clientele/events";
import { derivePurchaseSummary, deriveRfm, deriveRfmHistory } from "clientele/features";
import { column, type EventLog, type FeatureTable } from "clientele/tables";
import { type EventColumns, eventColumns, eventTypes } from "./data.ts";
import type { Python } from "./python.ts";
import { type Quality, type Race, type Racer, timed } from "./race.ts";

const day = 86_400_000;
const asOf = Date.UTC(2025, 3, 2);
const rules = { purchase: "purchase" } as const;
/** 24 instants, a week apart. */
const weeks: readonly number[] = Array.from({ length: 24 }, (_, w) => asOf - (23 - w) * 7 * day);

/** Encoded columns in shuffled order → sorted log → recency, frequency and revenue per buyer. */
export function rfmRace(rows: number, customers: number, python: Python): Race {
  const data = eventColumns(rows, customers);
  const ours = (): FeatureTable => deriveRfm(logOf(data), { ...rules, asOf });
  // No gate: for one RFM pandas need not sort, while our log is sorted once for all that follows.
  return race("RFM from encoded columns", data, () => timed(ours, rfmQuality), [
    pandas(python, data, "rfm-pandas", { dates: [asOf] }, null),
  ]);
}

/** A log that is ready → recency, frequency and revenue per buyer. */
export function rfmOfLogRace(rows: number, customers: number, python: Python): Race {
  const data = eventColumns(rows, customers);
  const log = logOf(data);
  const ours = (): FeatureTable => deriveRfm(log, { ...rules, asOf });
  return race("RFM of a log", data, () => timed(ours, rfmQuality), [
    pandas(python, data, "rfm-pandas", { dates: [asOf] }, 1),
  ]);
}

/** A log that is ready → the RFM tables of 24 weeks. */
export function rfmHistoryRace(rows: number, customers: number, python: Python): Race {
  const data = eventColumns(rows, customers);
  const log = logOf(data);
  const ours = (): FeatureTable[] => deriveRfmHistory(log, { ...rules, asOf: weeks });
  return race("RFM of 24 weeks", data, () => timed(ours, (tables) => rfmQuality(tables[23])), [
    pandas(python, data, "rfm-pandas", { dates: weeks }, 2),
  ]);
}

/** A log that is ready → the purchase summary that lifetime-value models take. */
export function summaryRace(rows: number, customers: number, python: Python): Race {
  const data = eventColumns(rows, customers);
  const log = logOf(data);
  const ours = (): FeatureTable => derivePurchaseSummary(log, { ...rules, asOf });
  const quality = (table: FeatureTable): Quality => ({
    buyers: table.ids.length,
    repeats: total(table, "frequency"),
    recency: total(table, "recency"),
    age: total(table, "age"),
  });
  return race("purchase summary", data, () => timed(ours, quality), [
    pandas(python, data, "summary-pandas", { asOf }, 1),
  ]);
}

function race(kernel: string, data: EventColumns, ours: Race["ours"], peers: readonly Racer[]): Race {
  return { kernel, size: `${data.time.length} events, ${data.names.length} customers`, ours, peers };
}

function logOf({ customer, names, type, time, value }: EventColumns): EventLog {
  return readEventColumns({
    customer: { codes: customer, names },
    type: { codes: type, names: eventTypes },
    time,
    value,
  }).log;
}

function total(table: FeatureTable, name: string): number {
  return column(table, name).reduce((sum, cell) => sum + cell, 0);
}

function rfmQuality(table: FeatureTable): Quality {
  const revenue = Math.round(total(table, "revenue") * 100) / 100;
  return { buyers: table.ids.length, orders: total(table, "orderCount"), revenue };
}

/** pandas with integer codes for customers and types, its frame ready; unsorted, as a groupby does not need it sorted. */
function pandas(
  python: Python,
  data: EventColumns,
  job: string,
  args: Readonly<Record<string, unknown>>,
  gate: number | null,
): Racer {
  // The process keeps the files it has read by their names, so those of another size are called otherwise.
  const rows = data.time.length;
  const shared = {
    customer: python.share(`customer-${rows}.u32`, data.customer),
    time: python.share(`time-${rows}.f64`, data.time),
    type: python.share(`type-${rows}.u32`, data.type),
    value: python.share(`value-${rows}.f64`, data.value),
    purchase: eventTypes.indexOf("purchase"),
    ...args,
  };
  return { name: "pandas, integer codes", gate, lap: () => python.lap(job, shared) };
}
