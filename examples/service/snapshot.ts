// Snapshots: the whole state as JSON lines, so that a start need not read the journal from the beginning. A snapshot is taken
// while commands go on: what was true when it began is written customer by customer, and a customer who is about to change
// is put aside first.
import { readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { TriggerState } from "clientele/actions";
import type { BeforeChange } from "./core.ts";
import type { Message } from "./outbox.ts";
import { listsOf, type RecentLists, recentOf } from "./recent.ts";
import type { Settings } from "./settings.ts";
import type { Customer, State } from "./state.ts";
import { writeAtomically } from "./write-atomically.ts";

const kind = "clientele-service-snapshot";
const version = 1;
const pattern = /^snapshot-(\d{16})\.jsonl$/u;

/** The first line. */
interface Header {
  readonly kind: typeof kind;
  readonly version: typeof version;
  readonly seq: number;
  readonly clock: number | null;
  readonly settings: Settings;
  readonly seen: RecentLists;
  readonly outbox: { readonly last: number; readonly messages: readonly Message[]; readonly keys: RecentLists };
}

/** The last line. */
interface End {
  readonly customers: number;
  readonly crc: number;
}

/** A snapshot that is being taken. */
export interface Snapshot {
  /** The command that it stands after. */
  readonly seq: number;
  /** How many there are. */
  readonly customers: number;
  /** To be called before a customer's record changes. */
  readonly beforeChange: BeforeChange;
  /** The text, line by line or in parts of lines. */
  readonly pieces: Iterable<string>;
}

/** The name of the file of a snapshot. */
function snapshotName(seq: number): string {
  return `snapshot-${String(seq).padStart(16, "0")}.jsonl`;
}

/** The sequence numbers of a folder's snapshots, the newest first. */
export async function snapshotSeqs(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

/**
 * Begins a snapshot of a state; its text may be read later, when the state has gone on.
 *
 * @param state - as it is now.
 * @returns the text, and the function that must be told of changes until it was read to the end.
 */
export function takeSnapshot({ seq, clock, settings, customers, triggers, seen, outbox }: State): Snapshot {
  const { last, messages, keys } = outbox;
  const header: Header = { kind, version, seq, clock, settings, seen: listsOf(seen), outbox: { last, messages, keys: listsOf(keys) } }; // prettier-ignore
  const head = JSON.stringify(header);
  const ids = [...customers.keys()];
  const waiting = new Set(ids);
  const aside = new Map<string, string>();
  const lineFor = (id: string, customer: Customer): string => JSON.stringify([id, customer]);
  function* pieces(): Generator<string> {
    yield head;
    yield "\n";
    // A step never changes the state that it was given: this one may be written at leisure.
    yield* jsonPieces(triggers, 8);
    yield "\n";
    for (const id of ids) {
      waiting.delete(id);
      yield aside.get(id) ?? lineFor(id, customers.get(id) as Customer);
      aside.delete(id);
      yield "\n";
    }
  }
  return {
    seq,
    customers: ids.length,
    pieces: pieces(),
    beforeChange(id, customer) {
      if (waiting.delete(id)) aside.set(id, lineFor(id, customer));
    },
  };
}

/** JSON in parts, none of which takes long to make: what lies deeper than `depth` is a part of its own. */
function* jsonPieces(value: unknown, depth: number): Generator<string> {
  if (depth === 0 || value === null || typeof value !== "object") {
    yield JSON.stringify(value);
    return;
  }
  let separator = "";
  if (Array.isArray(value)) {
    yield "[";
    for (const item of value as unknown[]) {
      yield separator;
      yield* jsonPieces(item, depth - 1);
      separator = ",";
    }
    yield "]";
    return;
  }
  yield "{";
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    yield* jsonPieces(item, depth - 1);
    separator = ",";
  }
  yield "}";
}

const blockLength = 1 << 16;

/** Joins pieces to blocks, and ends them with the line that tells a whole snapshot from a part of one. */
async function* blocksOf({ pieces, customers }: Snapshot): AsyncGenerator<string> {
  let [block, crc] = ["", 0];
  for (const piece of pieces) {
    block += piece;
    if (block.length < blockLength) continue;
    crc = crc32(block, crc);
    yield block;
    block = "";
    // Requests are answered between two blocks.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const end: End = { customers, crc: crc32(block, crc) };
  yield `${block}${JSON.stringify(end)}\n`;
}

/** Writes a snapshot into a folder. */
export async function writeSnapshot(folder: string, snapshot: Snapshot): Promise<void> {
  await writeAtomically(join(folder, snapshotName(snapshot.seq)), blocksOf(snapshot));
}

/** The text of a state's snapshot in one piece: two states are the same if these are. */
export function snapshotText(state: State): string {
  return [...takeSnapshot(state).pieces].join("");
}

/** Removes a snapshot. */
export async function removeSnapshot(folder: string, seq: number): Promise<void> {
  await rm(join(folder, snapshotName(seq)), { force: true });
}

/**
 * Reads a snapshot.
 *
 * @returns the state; `undefined` when the file is not a whole snapshot.
 */
export async function readSnapshot(folder: string, seq: number): Promise<State | undefined> {
  const text = (await readFile(join(folder, snapshotName(seq)))).toString("utf8");
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length < 3) return undefined;
  const last = lines.pop() as string;
  const end = parse(last) as Partial<End> | undefined;
  if (end?.crc !== crc32(text.slice(0, text.length - last.length - 1))) return undefined;
  const [head, triggers, ...records] = lines;
  const header = parse(head) as Header | undefined;
  if (header?.kind !== kind || header.version !== version || end.customers !== records.length) return undefined;
  const { clock, settings, seen, outbox } = header;
  return {
    seq,
    clock,
    settings,
    customers: new Map(records.map((record) => JSON.parse(record) as [string, Customer])),
    triggers: JSON.parse(triggers) as TriggerState | null,
    seen: recentOf(seen),
    outbox: { last: outbox.last, messages: [...outbox.messages], keys: recentOf(outbox.keys) },
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
