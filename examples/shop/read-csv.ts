// A CSV file as a stream of records: unpacked, decoded, its delimiter found. The file is never in memory as a whole.
import { createReadStream } from "node:fs";
import { pipeline as connect, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { CsvError, parse } from "csv-parse";
import { delimiterOf, notText, refuseOtherFormats } from "./csv-text.ts";
import { UserError } from "./user-error.ts";

/** Where the file is and how its text is written. */
export interface CsvSource {
  readonly path: string;
  /** Found in the first line when absent. */
  readonly delimiter: string | undefined;
  readonly encoding: string;
}

const longestRecord = 1_000_000; // characters; longer means a quote that was never closed

/**
 * Reads a file record by record; the first one is the header.
 *
 * @param source - the file.
 * @param take - called with the cells of each record; blank lines are no records.
 * @throws {UserError} when the file cannot be opened, unpacked or decoded, or is no CSV.
 */
export async function eachRecord(source: CsvSource, take: (cells: readonly string[]) => void): Promise<void> {
  try {
    const text = textOf(source);
    const head = await headOf(text);
    refuseOtherFormats(source.path, head);
    const parser = parse({
      delimiter: source.delimiter ?? delimiterOf(head),
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true, // a ragged row is the caller's to count
      relax_quotes: true, // 24" screen
      skip_empty_lines: true,
      max_record_size: longestRecord,
    });
    await pipeline(prepend(head, text), parser, async (records: AsyncIterable<string[]>) => {
      for await (const cells of records) take(cells);
    });
  } catch (error) {
    throw asUserError(source, error);
  }
}

async function* textOf({ path, encoding }: CsvSource): AsyncGenerator<string, void> {
  const bytes = createReadStream(path, { highWaterMark: 1 << 18 })[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await bytes.next();
  if (first.done === true) return;
  const all = Readable.from(prepend(first.value, { [Symbol.asyncIterator]: () => bytes }), { objectMode: false });
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip && path.endsWith(".gz")) throw new UserError(`${path} ends in .gz but is not a gzip file.`);
  // The error of any part surfaces in the loop below, so the callback has nothing to do.
  const plain: Readable = isGzip ? connect(all, createGunzip(), () => {}) : all;
  let decoder: TextDecoder | undefined;
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    if (decoder === undefined) {
      const isUtf16 = chunk[0] === 0xff && chunk[1] === 0xfe;
      if (!isUtf16 && !encoding.startsWith("utf-16") && chunk.includes(0)) throw notText(path);
      decoder = new TextDecoder(isUtf16 ? "utf-16le" : encoding, { fatal: true }); // drops the byte order mark
    }
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder?.decode() ?? "";
}

async function* prepend<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

/** The beginning of a text, at least up to the end of its first line that is not blank. */
async function headOf(text: AsyncGenerator<string, void>): Promise<string> {
  let head = "";
  while (head.length < longestRecord && !/\S.*[\r\n]/.test(head)) {
    const { value, done } = await text.next();
    if (done === true) break;
    head += value;
  }
  return head;
}

function asUserError({ path, encoding }: CsvSource, error: unknown): unknown {
  if (error instanceof CsvError) {
    const line = `${path}, near line ${Number(error["lines"])}`;
    if (error.code === "CSV_MAX_RECORD_SIZE" || error.code === "CSV_QUOTE_NOT_CLOSED") {
      return new UserError(`${line}: a quote (") opens a cell and is never closed.`);
    }
    return new UserError(`${line}: this is not CSV (${error.code}).`);
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "ENOENT") return new UserError(`${path} does not exist.`);
  if (code === "EISDIR") return new UserError(`${path} is a folder, not a file.`);
  if (code === "EACCES" || code === "EPERM") return new UserError(`${path} may not be read by this user.`);
  if (code === "Z_BUF_ERROR") return new UserError(`${path} is cut off: its gzip data end too early.`);
  if (code.startsWith("Z_")) return new UserError(`${path} is damaged: its gzip data cannot be unpacked.`);
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
    return new UserError(
      `${path} is not ${encoding} text; if it is text, name its encoding, such as --encoding windows-1252.`,
    );
  }
  return error;
}
