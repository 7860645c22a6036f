// The journal on the disk: JSON lines in files that are named by their first sequence number. Each line carries its number and
// a checksum, so that a line that was torn by a crash is told from one that was damaged later.
import { readFile, readdir, truncate } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { Command } from "./commands.ts";
import { ServiceFailure } from "./failure.ts";

/** A line of the journal. */
export interface JournalLine {
  readonly seq: number;
  readonly command: Command;
}

const pattern = /^journal-(\d{16})\.jsonl$/u;

/** The name of the file that begins with a line. */
export function journalName(first: number): string {
  return `journal-${String(first).padStart(16, "0")}.jsonl`;
}

/** The first sequence numbers of a folder's journal files, ascending. */
export async function journalFirsts(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** The text of a line, with its line break. */
export function lineOf(seq: number, command: Command): string {
  const body = `"seq":${seq},"command":${JSON.stringify(command)}}`;
  return `{"crc":${crc32(body)},${body}\n`;
}

/** Reads a line; `undefined` when it is not one as {@link lineOf} makes it. */
function parseLine(text: string): JournalLine | undefined {
  const head = /^\{"crc":(\d+),/u.exec(text);
  if (head === null || crc32(text.slice(head[0].length)) !== Number(head[1])) return undefined;
  return JSON.parse(text) as JournalLine;
}

/**
 * Reads the journal from a sequence number on.
 *
 * A last line that was torn was never acknowledged: it is cut off the file, so that the next start finds it whole.
 *
 * @param folder - where the files are.
 * @param from - the first line that is wanted.
 * @yields the lines, each number once and in order.
 * @throws {ServiceFailure} `damaged-journal` for any other line that cannot be read, `missing-journal` for a gap.
 */
export async function* readJournal(folder: string, from: number): AsyncGenerator<JournalLine> {
  const all = await journalFirsts(folder);
  const firsts = all.filter((_, i) => !(all[i + 1] <= from));
  let next = from;
  for (const first of firsts) {
    const path = join(folder, journalName(first));
    const lines = (await readFile(path)).toString("utf8").split("\n");
    // What stands behind the last line break is torn.
    const torn = lines.pop() as string;
    let bytes = 0;
    for (let i = 0; i < lines.length; i++) {
      const line = parseLine(lines[i]);
      if (line?.seq !== first + i) {
        throw new ServiceFailure("damaged-journal", `${journalName(first)}, line ${i + 1} cannot be read`);
      }
      bytes += Buffer.byteLength(lines[i]) + 1;
      if (line.seq < next) continue;
      if (line.seq > next) throw gap(next, line.seq);
      next++;
      yield line;
    }
    if (torn === "") continue;
    if (first !== firsts.at(-1)) {
      throw new ServiceFailure("damaged-journal", `${journalName(first)} ends within a line, and is not the last file`);
    }
    await truncate(path, bytes);
  }
  // Lines that a snapshot has outrun may be gone, but not those after it.
  if (firsts.length > 0 && firsts[0] > from) throw gap(from, firsts[0]);
}

function gap(from: number, to: number): ServiceFailure {
  return new ServiceFailure("missing-journal", `lines ${from} to ${to - 1} are not there`);
}
