import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import { dsvFormat } from "d3-dsv";
import { describeWith } from "./needs.ts";

const root = resolve(import.meta.dirname, "../..", process.env["CLIENTELE_DATA"] ?? "../shared/data");

/** One line of a file: text by column name. */
export type TextRow = Readonly<Record<string, string>>;

/**
 * Where a real data set lies: below CLIENTELE_DATA, or beside the checkout in ../shared/data.
 *
 * @param name - a path below the data folder: `cdnow_sample/expected.json`.
 * @returns the absolute path; nothing is said about whether it exists.
 */
export function dataPath(name: string): string {
  return resolve(root, name);
}

/**
 * A group of tests that need real data: runs where the data is, is skipped visibly where it is not, fails in CI.
 *
 * @param title - the group's title.
 * @param names - the data sets (folders or files) that the tests read.
 * @param body - the tests; called only when all data sets are there, so it may read them at once.
 */
export function describeWithData(title: string, names: readonly string[], body: () => void): void {
  const missing = names.filter((name) => !existsSync(dataPath(name)));
  describeWith(
    title,
    missing.map((name) => `data set ${name}`),
    body,
  );
}

/**
 * The text of a data file, unpacked when its name ends in `.gz`.
 *
 * @param name - a path below the data folder.
 * @returns the file as text.
 */
function readDataText(name: string): string {
  const bytes = readFileSync(dataPath(name));
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

/**
 * The rows of a delimited data file with a header line.
 *
 * @param name - a path below the data folder; `.gz` is unpacked.
 * @param delimiter - one character.
 * @returns one object per line; every cell is text.
 */
export function readDataRows(name: string, delimiter = ","): TextRow[] {
  return dsvFormat(delimiter).parse(readDataText(name));
}

/**
 * The parsed content of a JSON data file.
 *
 * @param name - a path below the data folder.
 * @returns the content, typed by the caller who knows the file.
 */
export function readDataJson<T>(name: string): T {
  return JSON.parse(readDataText(name)) as T;
}
