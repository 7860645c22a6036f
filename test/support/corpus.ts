import * as house from "clientele";
import { samples } from "./samples.ts";

const bytes = new DataView(new ArrayBuffer(8));

function bitsOf(value: number): string {
  if (Number.isNaN(value)) return "NaN"; // the language does not fix a NaN's payload
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  bytes.setFloat64(0, value);
  return `#${bytes.getBigUint64(0).toString(16).padStart(16, "0")}`;
}

/**
 * Any result as text in which two results are equal only if every bit is: numbers by their bits, keys in their order,
 * typed arrays with their type.
 *
 * @param value - plain data; functions are only named.
 * @returns the text.
 */
function canonical(value: unknown): string {
  if (typeof value === "number") return bitsOf(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "(function)";
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (ArrayBuffer.isView(value)) {
    const items = Array.from(value as unknown as ArrayLike<number | bigint>, canonical);
    return `${Object.prototype.toString.call(value)}[${items.join()}]`;
  }
  const entries: Iterable<readonly [unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  return `{${Array.from(entries, ([key, item]) => `${canonical(key)}:${canonical(item)}`).join()}}`;
}

function matrix(seed: number, rows: number, columns: number): Float64Array {
  const random = house.randomOf(seed);
  return Float64Array.from({ length: rows * columns }, () => random.next() * 100 - 50);
}

/** Work that is larger than a sample: sizes at which lanes, blocks, restarts and substreams matter. */
const stories: Readonly<Record<string, () => unknown>> = {
  "draws from three substreams": () =>
    [0, 1, 2].map((stream) => {
      const random = house.randomOf(7, stream);
      return Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? random.next() : random.integer(1000)));
    }),
  "a table of random numbers": () => house.fromMatrix(matrix(3, 500, 8), { columns: 8 }),
};

/**
 * Calls every public function that has a sample, and the stories, on seeded data.
 *
 * @returns canonical text by name of the call. The same text in every runtime is the promise "same input, same bits".
 */
export function corpus(): Record<string, string> {
  const results: Record<string, string> = {};
  const byName = house as unknown as Readonly<Record<string, ((...args: readonly unknown[]) => unknown) | undefined>>;
  for (const [room, calls] of Object.entries(samples)) {
    for (const [name, sample] of Object.entries(calls)) {
      const call = byName[name]; // rooms that need a peer are not in the root, and what they draw is the peer's
      if (call !== undefined) results[`${room}.${name}`] = canonical(call(...sample.args()));
    }
  }
  for (const [name, story] of Object.entries(stories)) results[name] = canonical(story());
  return results;
}
