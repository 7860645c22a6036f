/** A value as it is written in a comment: `Int32Array [0, 0, 2]`, `{ k: 3, … }`, `0.71`. */
export type Expectation =
  | { readonly kind: "number"; readonly value: number; readonly tolerance: number; readonly text: string }
  | { readonly kind: "literal"; readonly value: string | boolean | null | undefined }
  | { readonly kind: "list"; readonly type: string; readonly items: readonly Expectation[]; readonly open: boolean }
  | { readonly kind: "record"; readonly entries: readonly (readonly [string, Expectation])[]; readonly open: boolean }
  | { readonly kind: "any" };

const words: ReadonlyMap<string, string | boolean | null | undefined> = new Map<
  string,
  string | boolean | null | undefined
>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["undefined", undefined],
]);

const specialNumbers: ReadonlyMap<string, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

const tokenPattern =
  /\s*(?:(?<ellipsis>…|\.\.\.)|(?<number>-?(?:\d[\d_]*)(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<word>-?[A-Za-z_$][\w$]*)|(?<mark>[[\]{}(),:]))/uy;

interface Token {
  readonly kind: "ellipsis" | "number" | "string" | "word" | "mark";
  readonly text: string;
  readonly end: number;
}

/** Thrown for a comment that is not a value; the text says where reading stopped. */
export class NotAValue extends Error {}

class Reader {
  private at = 0;
  constructor(private readonly text: string) {}

  peek(): Token | undefined {
    tokenPattern.lastIndex = this.at;
    const groups = tokenPattern.exec(this.text)?.groups;
    if (groups === undefined) return undefined;
    for (const kind of ["ellipsis", "number", "string", "word", "mark"] as const) {
      const text = groups[kind];
      if (text !== undefined) return { kind, text, end: tokenPattern.lastIndex };
    }
    return undefined;
  }

  next(): Token {
    const token = this.peek();
    if (token === undefined) throw new NotAValue(`no value at "${this.text.slice(this.at)}"`);
    this.at = token.end;
    return token;
  }

  take(mark: string): boolean {
    const token = this.peek();
    if (token?.text !== mark || (token.kind !== "mark" && token.kind !== "ellipsis")) return false;
    this.at = token.end;
    return true;
  }

  ellipsis(): boolean {
    return this.take("…") || this.take("...");
  }

  demand(mark: string): void {
    if (!this.take(mark)) throw new NotAValue(`"${mark}" wanted at "${this.text.slice(this.at)}"`);
  }

  rest(): string {
    return this.text.slice(this.at);
  }
}

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(u[0-9a-fA-F]{4}|.)/gu, (_, escape: string) =>
      escape.length > 1
        ? String.fromCharCode(parseInt(escape.slice(1), 16))
        : (({ n: "\n", t: "\t", r: "\r", 0: "\0" } as Record<string, string>)[escape] ?? escape),
    );
}

/** Half a unit of the last decimal that is written; a number written without decimals is exact. */
function toleranceOf(text: string): number {
  const [, decimals = "", exponent = "0"] = /^[^.e]*(?:\.(\d+))?(?:e([+-]?\d+))?$/u.exec(text) ?? [];
  if (decimals === "" && !text.includes("e")) return 0;
  return 0.5 * Number(`1e${Number(exponent) - decimals.length}`) * (1 + 1e-9);
}

function readItems<T>(reader: Reader, close: string, item: () => T): { items: T[]; open: boolean } {
  const items: T[] = [];
  for (;;) {
    if (reader.take(close)) return { items, open: false };
    if (reader.ellipsis()) {
      reader.demand(close);
      return { items, open: true };
    }
    items.push(item());
    if (!reader.take(",")) {
      reader.demand(close);
      return { items, open: false };
    }
  }
}

function readList(reader: Reader, type: string): Expectation {
  const { items, open } = readItems(reader, "]", () => readValue(reader));
  return { kind: "list", type, items, open };
}

function readRecord(reader: Reader): Expectation {
  const { items, open } = readItems(reader, "}", (): readonly [string, Expectation] => {
    const { kind, text } = reader.next();
    if (kind === "mark") throw new NotAValue(`a key wanted at "${text}"`);
    reader.demand(":");
    return [kind === "string" ? unquote(text) : text, readValue(reader)];
  });
  return { kind: "record", entries: items, open };
}

function readValue(reader: Reader): Expectation {
  if (reader.ellipsis()) return { kind: "any" };
  if (reader.take("[")) return readList(reader, "Array");
  if (reader.take("{")) return readRecord(reader);
  const { kind, text } = reader.next();
  if (kind === "string") return { kind: "literal", value: unquote(text) };
  if (kind === "number") {
    const plain = text.replaceAll("_", "");
    return { kind: "number", value: Number(plain), tolerance: toleranceOf(plain), text };
  }
  const special = specialNumbers.get(text);
  if (special !== undefined) return { kind: "number", value: special, tolerance: 0, text };
  if (words.has(text)) return { kind: "literal", value: words.get(text) };
  if (kind === "word") {
    if (reader.take("(")) {
      reader.next(); // console.log writes Int32Array(4) [0, 0, 2, 1]; the length says nothing that the items do not
      reader.demand(")");
    }
    if (reader.take("[")) return readList(reader, text);
    if (reader.take("{")) return readRecord(reader);
  }
  throw new NotAValue(`"${text}" is not a value`);
}

/**
 * Reads a comment as a value. After the value there may be a remark behind a dash, a semicolon or in parentheses.
 *
 * @param comment - the text after `//`.
 * @returns the value that the comment promises.
 * @throws NotAValue when the comment is prose.
 */
export function parseExpectation(comment: string): Expectation {
  const reader = new Reader(comment.replace(/^\s*(?:=>|≈)\s*/u, ""));
  const value = readValue(reader);
  if (!/^\s*(?:$|[—–;(]|- )/u.test(reader.rest())) {
    throw new NotAValue(`"${reader.rest().trim()}" follows the value without a dash, a semicolon or a parenthesis`);
  }
  return value;
}

/**
 * Whether a comment ends inside a bracket, so that its value goes on in the next comment line.
 *
 * @param comment - the text after `//`, several lines joined.
 * @returns true when more is to come.
 */
export function isOpenEnded(comment: string): boolean {
  const bare = comment.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/gu, "");
  const count = (pattern: RegExp): number => bare.match(pattern)?.length ?? 0;
  return count(/[[{]/gu) > count(/[\]}]/gu);
}

function typeOf(value: object): string {
  return (Object.getPrototypeOf(value) as { constructor?: { name: string } } | null)?.constructor?.name ?? "Object";
}

function matchList(actual: unknown, wanted: Extract<Expectation, { kind: "list" }>, path: string): string | undefined {
  if (typeof actual !== "object" || actual === null || !(Array.isArray(actual) || ArrayBuffer.isView(actual))) {
    return `${path}: ${wanted.type} wanted, got ${show(actual)}`;
  }
  if (typeOf(actual) !== wanted.type) return `${path}: ${wanted.type} wanted, got ${typeOf(actual)}`;
  const items = Array.from(actual as ArrayLike<unknown>);
  if (wanted.open ? items.length < wanted.items.length : items.length !== wanted.items.length) {
    return `${path}: ${wanted.items.length} items wanted, got ${items.length}: ${show(actual)}`;
  }
  for (const [i, item] of wanted.items.entries()) {
    const difference = mismatch(items[i], item, `${path}[${i}]`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function matchRecord(
  actual: unknown,
  wanted: Extract<Expectation, { kind: "record" }>,
  path: string,
): string | undefined {
  if (typeof actual !== "object" || actual === null || Array.isArray(actual)) {
    return `${path}: an object wanted, got ${show(actual)}`;
  }
  const keys = Object.keys(actual).filter((key) => (actual as Record<string, unknown>)[key] !== undefined);
  for (const [key, value] of wanted.entries) {
    if (!Object.hasOwn(actual, key)) return `${path}.${key}: absent; there are ${keys.join(", ")}`;
    const difference = mismatch((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  const named = new Set(wanted.entries.map(([key]) => key));
  const unnamed = keys.filter((key) => !named.has(key));
  if (!wanted.open && unnamed.length > 0) return `${path}: also has ${unnamed.join(", ")}; write … for the rest`;
  return undefined;
}

/**
 * Compares a value with what a comment promises.
 *
 * @param actual - what the expression gave.
 * @param wanted - what the comment says.
 * @param path - where in the value we are, for the message.
 * @returns undefined when they agree, otherwise one sentence about the first difference.
 */
export function mismatch(actual: unknown, wanted: Expectation, path = "value"): string | undefined {
  switch (wanted.kind) {
    case "any":
      return undefined;
    case "literal":
      return actual === wanted.value ? undefined : `${path}: ${show(wanted.value)} wanted, got ${show(actual)}`;
    case "number": {
      // An infinite tolerance-free comparison would compute Infinity - Infinity, so equality comes first.
      const same =
        typeof actual === "number" &&
        (actual === wanted.value ||
          (Number.isNaN(actual) && Number.isNaN(wanted.value)) ||
          Math.abs(actual - wanted.value) <= wanted.tolerance);
      return same ? undefined : `${path}: ${wanted.text} wanted, got ${show(actual)}`;
    }
    case "list":
      return matchList(actual, wanted, path);
    case "record":
      return matchRecord(actual, wanted, path);
  }
}

/**
 * A value as it would be written in a comment, so that a failing test can be answered by copying.
 *
 * @param value - anything.
 * @returns text that {@link parseExpectation} reads for plain data.
 */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) {
    const items = Array.from(value as ArrayLike<unknown>)
      .slice(0, 20)
      .map(show);
    const more = (value as ArrayLike<unknown>).length > 20 ? ", …" : "";
    return `${Array.isArray(value) ? "" : `${typeOf(value)} `}[${items.join(", ")}${more}]`;
  }
  const entries = Object.entries(value).map(
    ([key, item]) => `${/^[A-Za-z_$][\w$]*$/u.test(key) ? key : JSON.stringify(key)}: ${show(item)}`,
  );
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}
