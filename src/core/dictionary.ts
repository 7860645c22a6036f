// String-keyed plain objects that survive hostile names. A plain assignment to `__proto__` loses the entry, and a plain
// read of `constructor` finds an inherited function; JSON and structuredClone keep own keys whatever they are called.

/** Tells whether a value is an object that can be read by names: no list, not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads an own entry, whatever the key is called; `undefined` when there is none. */
export function lookUp<T>(dictionary: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(dictionary, key) ? dictionary[key] : undefined;
}

/** Writes an own entry, whatever the key is called. */
export function put<T>(dictionary: Record<string, T>, key: string, value: T): void {
  if (key === "__proto__") {
    Object.defineProperty(dictionary, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    dictionary[key] = value;
  }
}

/** All own entries, also under the key `__proto__`. */
export function entriesOf<T>(dictionary: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(dictionary);
}
