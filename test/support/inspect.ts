// Looks into any value that a public function takes or returns: plain data, typed arrays, functions.

/** Freezes plain objects and arrays all the way down; typed arrays cannot be frozen and are compared instead. */
export function freezeDeep<T>(value: T): T {
  for (const part of partsOf(value))
    if (!ArrayBuffer.isView(part) && !(part instanceof ArrayBuffer)) Object.freeze(part);
  return value;
}

/** A string that is equal for equal values, to the bit: −0, NaN, typed array kinds and key order all count. */
export function bitsOf(value: unknown): string {
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "function") return "function";
  if (value === null || typeof value !== "object")
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  if (value instanceof Map || value instanceof Set) return bitsOf([...(value as Iterable<unknown>)]);
  if (ArrayBuffer.isView(value)) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return `${value.constructor.name}:${bytes.toString("base64")}`;
  }
  if (Array.isArray(value)) return `[${value.map(bitsOf).join()}]`;
  return `{${Object.entries(value)
    .map(([key, part]) => `${JSON.stringify(key)}:${bitsOf(part)}`)
    .join()}}`;
}

/** Every object inside a value, itself included; of a typed array also its buffer. */
export function partsOf(value: unknown, seen: Set<object> = new Set()): Set<object> {
  if (value === null || typeof value !== "object" || seen.has(value)) return seen;
  seen.add(value);
  if (ArrayBuffer.isView(value)) seen.add(value.buffer);
  else for (const part of Object.values(value)) partsOf(part, seen);
  return seen;
}

/** Paths of the numbers inside a value that are NaN or infinite. */
export function oddNumbers(value: unknown, path = "result"): string[] {
  if (typeof value === "number") return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (value === null || typeof value !== "object") return [];
  if (value instanceof Float64Array || value instanceof Float32Array) {
    const odd = value.findIndex((cell) => !Number.isFinite(cell));
    return odd < 0 ? [] : [`${path}[${odd}] is ${value[odd]}`];
  }
  return ArrayBuffer.isView(value)
    ? []
    : Object.entries(value).flatMap(([key, part]) => oddNumbers(part, `${path}.${key}`));
}
