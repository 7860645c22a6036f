import { codesOf, codesOfUtf8, type Utf8Column } from "clientele/tables";
import { eventColumns } from "./data.ts";
import type { Python } from "./python.ts";
import { type Race, type Racer, timed } from "./race.ts";

/** Customer ids of an event stream in UTF-8 → dictionary. Peers get strings nobody has looked at: hashes are cached. */
export function dictionaryRace(rows: number, customers: number, python: Python | undefined): Race {
  const { customer, names } = eventColumns(rows, customers);
  const column = utf8Of(customer, names);
  const peers: Racer[] = [];
  if (python !== undefined) {
    const shared = { customer: python.share("customer.u32", customer), customers };
    peers.push({ name: "pandas.factorize", gate: 4, lap: () => python.lap("dictionary-pandas", shared) });
  }
  peers.push({ name: "JS Map, codesOf", gate: null, lap: () => mapLap(column) });
  return {
    kernel: "dictionary of UTF-8 ids",
    size: `${rows} ids, ${new Set(customer).size} distinct`,
    ours: () => timed(() => codesOfUtf8(column), ({ names: found }) => ({ names: found.length })), // prettier-ignore
    peers,
  };
}

function mapLap({ bytes, offsets }: Utf8Column): ReturnType<Racer["lap"]> {
  const buffer = Buffer.from(bytes.buffer);
  const strings = Array.from({ length: offsets.length - 1 }, (_, row) =>
    buffer.toString("latin1", Number(offsets[row]), Number(offsets[row + 1])),
  );
  return timed(() => codesOf(strings), ({ names }) => ({ names: names.length })); // prettier-ignore
}

/** Rows of names as Arrow lays them out. */
export function utf8Of(codes: Uint32Array, names: readonly string[]): Utf8Column {
  const texts = names.map((name) => new TextEncoder().encode(name));
  const offsets = new Int32Array(codes.length + 1);
  for (let row = 0; row < codes.length; row++) offsets[row + 1] = offsets[row] + texts[codes[row]].length;
  const bytes = new Uint8Array(offsets[codes.length]);
  for (let row = 0; row < codes.length; row++) bytes.set(texts[codes[row]], offsets[row]);
  return { bytes, offsets };
}
