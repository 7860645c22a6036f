import type { Kernels } from "./kernels/kernels.ts";
import { addressableBytes, type Arena, arenaBytes, borrowKernels } from "./kernels/runtime.ts";

/** A column of texts in one block of bytes: row i is bytes[offsets[i]] … bytes[offsets[i + 1] − 1]. */
export interface TextColumn {
  readonly bytes: Uint8Array;
  /** One more than rows; they never decrease and end within the bytes. */
  readonly offsets: Uint32Array;
}

/** Which rows of a column have a value: bit `firstBit + row`, lowest bit of a byte first. */
export interface Presence {
  readonly bits: Uint8Array;
  readonly firstBit: number;
}

/** A column of texts as a dictionary. */
export interface EncodedText {
  /** One code per row, in the order of first appearance; 0xffffffff = missing. */
  readonly codes: Uint32Array;
  /** The distinct texts by code. */
  readonly names: TextColumn;
}

const blockRows = 8192;
/** Bytes of text per block, unless one row has more: what a block needs stays in the second-level cache. */
const blockBytes: number = 2 ** 18;
const firstSlotBits = 12;
/** Bytes that kernels may read past an end. */
const margin = 32;
const scratchBytes = 2080;

const done = 0;
const full = 1;

/** How much a table can hold. */
interface Capacity {
  readonly slotBits: number;
  readonly names: number;
  readonly nameBytes: number;
}

/**
 * Encodes texts as a dictionary, byte by byte: two rows have the same code if and only if they have the same bytes.
 *
 * The column passes through a small memory block by block; only the distinct texts stay there, in a table of slots. When
 * they no longer fit, a larger table is filled by encoding them once more.
 *
 * @param column - trusted, see {@link TextColumn}.
 * @param presence - absent when no row is missing.
 * @returns the dictionary. `"crowded"` when texts were made to collide in the table, which a table of another kind must
 * then encode; `"too-large"` when the distinct texts take more than 4 GiB. Cost O(bytes), one cache miss per row.
 */
export function encodeText(column: TextColumn, presence?: Presence): EncodedText | "crowded" | "too-large" {
  const { offsets } = column;
  const rows = offsets.length - 1;
  const textBytes = offsets[rows] - offsets[0];
  const longest = longestText(offsets);
  const codes = new Uint32Array(rows);
  let names: TextColumn = { bytes: new Uint8Array(0), offsets: new Uint32Array(1) };
  let next = 0;
  let capacity = capacityOf(firstSlotBits, Math.min(textBytes, blockBytes));
  for (;;) {
    const bytes = tableBytes(capacity, longest);
    if (bytes > addressableBytes - margin * 4) return "too-large";
    const status = borrowKernels(bytes, (kernels, arena) => {
      const table = openTable(kernels, arena, capacity, longest);
      encodeRows(table, names, undefined, 0, undefined);
      if (table.totals[2] === done) next = encodeRows(table, column, presence, next, codes);
      names = namesOf(table);
      return table.totals[2];
    });
    if (status === done) return { codes, names };
    if (status !== full) return "crowded";
    capacity = larger(capacity, names, textBytes, longest);
  }
}

function capacityOf(slotBits: number, nameBytes: number): Capacity {
  return { slotBits, names: ((1 << slotBits) >>> 2) * 3, nameBytes };
}

/** Four times as many names, and room for their text if they are as long as those so far. */
function larger({ slotBits, nameBytes }: Capacity, names: TextColumn, textBytes: number, longest: number): Capacity {
  const isTextFull = names.offsets.length - 1 < capacityOf(slotBits, 0).names;
  const wanted = Math.max(nameBytes, 5 * names.bytes.length) + longest;
  return capacityOf(isTextFull ? slotBits : slotBits + 2, Math.min(textBytes, Math.ceil(wanted)));
}

/** A table of names in the memory of the kernels, and room for a block of rows. */
interface Table {
  readonly kernels: Kernels;
  readonly capacity: Capacity;
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
  readonly bits: Uint8Array;
  readonly codes: Uint32Array;
  readonly slots: Uint8Array;
  readonly names: Uint8Array;
  /** 0, then the end of each name's text. */
  readonly nameOffsets: Uint32Array;
  /** Names, bytes of their text, status. */
  readonly totals: Uint32Array;
  readonly scratch: Uint8Array;
}

function tableBytes({ slotBits, names, nameBytes }: Capacity, longest: number): number {
  const octets = [Math.max(blockBytes, longest) + margin, blockRows / 8 + 1, 32 * (1 << slotBits), nameBytes + margin];
  const words = [blockRows + 1, blockRows, names + 1, 3];
  return (
    octets.reduce((sum, length) => sum + arenaBytes(length, 1), arenaBytes(scratchBytes, 1)) +
    words.reduce((sum, length) => sum + arenaBytes(length, 4), 0)
  );
}

function openTable(kernels: Kernels, arena: Arena, capacity: Capacity, longest: number): Table {
  return {
    kernels,
    capacity,
    slots: arena.u8(32 * (1 << capacity.slotBits)),
    bytes: arena.u8(Math.max(blockBytes, longest) + margin),
    bits: arena.u8(blockRows / 8 + 1),
    names: arena.u8(capacity.nameBytes + margin),
    scratch: arena.u8(scratchBytes),
    offsets: arena.u32(blockRows + 1),
    codes: arena.u32(blockRows),
    nameOffsets: arena.u32(capacity.names + 1),
    totals: arena.u32(3),
  };
}

/** Encodes rows from `first` on until the table is full; returns the row after the last encoded one. */
function encodeRows(
  table: Table,
  { bytes, offsets }: TextColumn,
  presence: Presence | undefined,
  first: number,
  codes: Uint32Array | undefined,
): number {
  const { kernels, capacity, totals } = table;
  const rows = offsets.length - 1;
  const room = table.bytes.length - margin;
  totals[2] = done;
  let row = first;
  while (row < rows && totals[2] === done) {
    let count = Math.min(blockRows, rows - row);
    while (offsets[row + count] - offsets[row] > room) count >>= 1;
    table.bytes.set(bytes.subarray(offsets[row], offsets[row + count]));
    table.offsets.set(offsets.subarray(row, row + count + 1));
    const bit = presence === undefined ? 0 : presence.firstBit + row;
    if (presence !== undefined) table.bits.set(presence.bits.subarray(bit >>> 3, ((bit + count - 1) >>> 3) + 1));
    const encoded = kernels.encodeNames(
      ...([table.bytes.byteOffset, table.offsets.byteOffset] as const),
      ...([presence === undefined ? 0 : table.bits.byteOffset, bit & 7, count] as const),
      ...([table.slots.byteOffset, capacity.slotBits, capacity.names] as const),
      ...([table.names.byteOffset, capacity.nameBytes, table.nameOffsets.byteOffset + 4] as const),
      ...([totals.byteOffset, table.codes.byteOffset, table.scratch.byteOffset] as const),
    );
    codes?.set(table.codes.subarray(0, encoded), row);
    row += encoded;
  }
  return row;
}

function namesOf({ totals, names, nameOffsets }: Table): TextColumn {
  return { bytes: names.slice(0, totals[1]), offsets: nameOffsets.slice(0, totals[0] + 1) };
}

function longestText(offsets: Uint32Array): number {
  let longest = 0;
  for (let from = 1; from < offsets.length; from += blockRows) {
    longest = Math.max(longest, longestInBlock(offsets, from, Math.min(offsets.length, from + blockRows)));
  }
  return longest;
}

/** A function that is called often is compiled once and for good. */
function longestInBlock(offsets: Uint32Array, from: number, to: number): number {
  let longest = 0;
  for (let i = from; i < to; i++) {
    const length = offsets[i] - offsets[i - 1];
    if (length > longest) longest = length;
  }
  return longest;
}
