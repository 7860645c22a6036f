// A CSV file in a browser as a stream of records; the shop example has the same for Node by a package that needs Node.
import { delimiterOf, refuseOtherFormats } from "../shop/csv-text.ts";
import { UserError } from "../shop/user-error.ts";

const longestRecord = 1_000_000; // characters; longer means a quote that was never closed

/** Takes text in pieces, cut anywhere. */
export interface RecordSplitter {
  push(text: string): void;
  end(): void;
}

/**
 * Splits CSV text after RFC 4180 into records. A quote inside an unquoted cell is a character like any other, blank lines
 * are no records, and lines end as they like.
 *
 * @param delimiter - one character.
 * @param take - called with the cells of each record.
 * @returns what takes the text.
 */
export function recordSplitter(delimiter: string, take: (cells: string[]) => void): RecordSplitter {
  let cells: string[] = [];
  let cell = "";
  // `after`: a quote was read in a quoted cell; what follows says whether it closed the cell or stands for one.
  let state: "begin" | "plain" | "quoted" | "after" = "begin";
  let wasReturn = false;
  let size = 0;
  const endCell = (): void => {
    cells.push(cell);
    cell = "";
    state = "begin";
  };
  const endRecord = (): void => {
    const isBlank = cells.length === 0 && cell === "" && state === "begin";
    if (!isBlank) {
      endCell();
      take(cells);
    }
    cells = [];
    size = 0;
  };
  const isEnd = (one: string): boolean => one === delimiter || one === "\n" || one === "\r";
  return {
    push(text) {
      for (let at = 0; at < text.length; at++) {
        const one = text[at];
        const followsReturn = wasReturn;
        wasReturn = one === "\r" && state !== "quoted";
        if (one === "\n" && followsReturn) continue;
        if (state === "quoted") {
          if (one === '"') state = "after";
          else cell += one;
        } else if (state === "after" && one === '"') {
          cell += one;
          state = "quoted";
        } else if (one === '"' && state === "begin") state = "quoted";
        else if (one === delimiter) endCell();
        else if (isEnd(one)) endRecord();
        else {
          // Runs of plain text are most of a file, and are taken whole.
          let end = at + 1;
          while (end < text.length && !isEnd(text[end])) end++;
          cell += text.slice(at, end);
          state = "plain";
          at = end - 1;
        }
        if (++size > longestRecord) throw neverClosed();
      }
    },
    end() {
      if (state === "quoted") throw neverClosed();
      endRecord();
    },
  };
}

function neverClosed(): UserError {
  return new UserError('A quote (") opens a cell and is never closed.');
}

/** What a person can be told about a file before it is read. */
export interface Glimpse {
  readonly delimiter: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads the beginning of a file.
 *
 * @param file - plain or gzipped.
 * @param encoding - of its text.
 * @returns the header and a few rows.
 * @throws {UserError} when it is no CSV.
 */
export async function glimpseOf(file: File, encoding: string): Promise<Glimpse> {
  let head = "";
  for await (const text of textOf(file, encoding, () => {})) {
    head += text;
    if (head.length > 50_000) break;
  }
  refuseOtherFormats(file.name, head);
  const delimiter = delimiterOf(head);
  const records: string[][] = [];
  const splitter = recordSplitter(delimiter, (cells) => records.push(cells));
  splitter.push(head);
  // The last record may be cut off, unless it is all there is.
  if (records.length < 2) splitter.end();
  const [header = [], ...rows] = records;
  if (header.length < 2) throw new UserError(`${file.name} has only one column, so it is not a CSV file of events.`);
  return { delimiter, header: header.map((name) => name.trim()), rows: rows.slice(0, 200) };
}

/**
 * A file as text, piece by piece, unpacked and decoded.
 *
 * @param file - plain or gzipped.
 * @param encoding - of its text.
 * @param progress - told how many bytes of the file were read.
 */
export async function* textOf(file: File, encoding: string, progress: (bytes: number) => void): AsyncGenerator<string> {
  const start = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  let read = 0;
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        progress((read += chunk.length));
        controller.enqueue(chunk);
      },
    }),
  );
  const isGzip = start[0] === 0x1f && start[1] === 0x8b;
  const reader = (isGzip ? counted.pipeThrough(new DecompressionStream("gzip")) : counted).getReader();
  const decoder = new TextDecoder(start[0] === 0xff && start[1] === 0xfe ? "utf-16le" : encoding, { fatal: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      yield decoder.decode(value, { stream: !done });
      if (done) return;
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Both the decoder and the unpacker fail so.
    throw new UserError(`${file.name} is damaged, or its text is not ${encoding}: try another encoding.`);
  } finally {
    await reader.cancel().catch(() => {});
  }
}
