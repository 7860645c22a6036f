/** How a column is read from a row: the name of a property, or a function of the row. */
export type Reader<Row = never> = string | ((row: Row) => unknown);

/**
 * Turns a reader into a function.
 *
 * Inherited properties are not data: a column called `constructor` or `__proto__` reads only what the row itself holds.
 *
 * @param reader - property name or function.
 * @returns a function from a row to the raw cell.
 */
export function readerOf<Row>(reader: Reader<Row>): (row: Row) => unknown {
  if (typeof reader === "function") return reader;
  const name = reader;
  if (name in Object.prototype) {
    return (row) => (Object.hasOwn(row as object, name) ? (row as Record<string, unknown>)[name] : undefined);
  }
  return (row) => (row as Record<string, unknown>)[name];
}

/** Tells whether a value can serve as a {@link Reader}. */
export function isReader(value: unknown): boolean {
  return typeof value === "string" || typeof value === "function";
}
