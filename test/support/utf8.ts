import type { Utf8Column } from "clientele/tables";

/** Lays byte strings out as Arrow does; `null` is missing, with bytes of its own that nobody may read. */
export function utf8Column(values: readonly (Uint8Array | null)[]): Required<Utf8Column> & { offsets: Int32Array } {
  const offsets = new Int32Array(values.length + 1);
  const validity = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    offsets[row + 1] = offsets[row] + (value ?? hidden).length;
    if (value !== null) validity[row >> 3] |= 1 << (row & 7);
  });
  const bytes = new Uint8Array(offsets[values.length]);
  values.forEach((value, row) => bytes.set(value ?? hidden, offsets[row]));
  return { bytes, offsets, validity, validityOffset: 0 };
}

const hidden = Uint8Array.of(0xff, 0x61);

/** The same for strings without lone surrogates. */
export function utf8Strings(values: readonly (string | null)[]): ReturnType<typeof utf8Column> {
  const encoder = new TextEncoder();
  return utf8Column(values.map((value) => (value === null ? null : encoder.encode(value))));
}
