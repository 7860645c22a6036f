// A person's own file, from the disk to a shop.
import { basename } from "node:path";
import type { FileOptions } from "./arguments.ts";
import type { FileEvents } from "./event-columns.ts";
import { eventCollector } from "./event-columns.ts";
import { shopOf } from "./open-shop.ts";
import type { Shop } from "./pipeline.ts";
import type { Step } from "./progress.ts";
import { count, progressLine } from "./progress.ts";
import { eachRecord } from "./read-csv.ts";

/**
 * Streams a file into columns.
 *
 * @param file - path, columns and formats.
 * @returns the columns and the account of every row.
 * @throws {UserError} when the file is no CSV, lacks a column or has no rows.
 */
export async function readEventFile(file: FileOptions): Promise<FileEvents> {
  const events = eventCollector(file);
  await eachRecord(file, (cells) => events.take(cells));
  return events.finish();
}

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
  return shopOf(file, events, step, source);
}
