// What the person asked for, with the checks that need no file.
import { flags, usage } from "./flags.ts";
import { UserError } from "./user-error.ts";

/** Where and how to read a person's own file. */
export interface FileOptions {
  readonly path: string;
  readonly customer: string;
  readonly time: string;
  /** The column with the kind of event, or the kind that every row is. */
  readonly type: { readonly column: string } | { readonly is: string };
  readonly value: string | undefined;
  readonly order: string | undefined;
  readonly id: string | undefined;
  readonly variant: string | undefined;
  readonly control: string | undefined;
  readonly purchase: string;
  /** Whether a purchase of exactly zero stays a purchase. */
  readonly keepFree: boolean;
  readonly timeFormat: string;
  readonly timeZone: string;
  /** As the person wrote it; read like a cell of the time column. */
  readonly asOf: string | undefined;
  readonly delimiter: string | undefined;
  readonly decimal: "." | ",";
  readonly encoding: string;
}

/** A whole command line. */
export interface Command {
  readonly help: boolean;
  readonly out: string;
  readonly seed: number;
  /** Customers of the simulated shop; unused with a file. */
  readonly customers: number;
  /** The person's own file; the shop is simulated without one. */
  readonly file: FileOptions | undefined;
}

/**
 * Reads a command line.
 *
 * @param args - the words after the program's name.
 * @returns what to do.
 * @throws {UserError} with one sentence, when a flag is unknown, lacks its value, or does not fit the others.
 */
export function readArguments(args: readonly string[]): Command {
  const given = readFlags(args);
  const file = given.has("events") ? fileOptions(given) : undefined;
  const ofFiles = [...given.keys()].find((name) => !["customers", "seed", "out", "help"].includes(name));
  if (file === undefined && ofFiles !== undefined && !given.has("help")) {
    throw new UserError(`--${ofFiles} describes a file of your own: say which one with --events FILE.`);
  }
  if (file !== undefined && given.has("customers")) {
    throw new UserError("--customers is the size of the simulated shop: it does not go with --events.");
  }
  return {
    help: given.has("help"),
    out: given.get("out") ?? "out",
    seed: wholeNumber(given, "seed", 1, 0),
    customers: wholeNumber(given, "customers", 20_000, 3),
    file,
  };
}

function readFlags(args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    const [name, attached] = splitAtEquals(word === "-h" ? "--help" : word);
    const flag = flags.find((known) => `--${known.name}` === name);
    if (flag === undefined) throw new UserError(unknownWord(name));
    if (given.has(flag.name)) throw new UserError(`${name} is given twice.`);
    if (flag.takes === undefined) {
      if (attached !== undefined) throw new UserError(`${name} takes no value.`);
      given.set(flag.name, "");
      continue;
    }
    // A column may be called "--x": then it is written --customer=--x.
    const value = attached ?? args[++i];
    if (value === undefined || value === "" || (attached === undefined && value.startsWith("--"))) {
      throw new UserError(`${name} needs a value: ${usage(flag)}.`);
    }
    given.set(flag.name, value);
  }
  return given;
}

function splitAtEquals(word: string): [string, string | undefined] {
  const at = word.indexOf("=");
  return word.startsWith("--") && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined];
}

function unknownWord(word: string): string {
  if (!word.startsWith("-")) return `"${word}" belongs to no flag: see npm start -- --help.`;
  const near = flags.find(({ name }) => name.startsWith(word.replace(/^-+/, "")) || word.includes(name));
  return `${word} is not a flag${near === undefined ? "" : ` (is --${near.name} meant?)`}: see npm start -- --help.`;
}

function fileOptions(given: ReadonlyMap<string, string>): FileOptions {
  const needed = (name: string): string => {
    const value = given.get(name);
    if (value === undefined) throw new UserError(`--events needs --${name} COL: the column with the ${name}.`);
    return value;
  };
  const column = given.get("type");
  const is = given.get("type-is");
  if (column !== undefined && is !== undefined) {
    throw new UserError("--type COL and --type-is NAME exclude each other: give one of them.");
  }
  const order = given.get("order");
  return {
    path: given.get("events")!,
    customer: needed("customer"),
    time: needed("time"),
    type: column !== undefined ? { column } : { is: is ?? "purchase" },
    value: given.get("value"),
    order,
    id: given.get("id"),
    variant: given.get("variant"),
    control: given.get("control"),
    purchase: given.get("purchase") ?? is ?? "purchase",
    keepFree: oneOf(given, "free", order === undefined ? "keep" : "drop", ["drop", "keep"]) === "keep",
    timeFormat: given.get("time-format") ?? "auto",
    timeZone: timeZone(given.get("time-zone") ?? "UTC"),
    asOf: given.get("as-of"),
    delimiter: delimiter(given.get("delimiter")),
    decimal: oneOf(given, "decimal", ".", [".", ","]),
    encoding: encoding(given.get("encoding") ?? "utf-8"),
  };
}

function oneOf<const T extends string>(
  given: ReadonlyMap<string, string>,
  name: string,
  fallback: T,
  allowed: readonly T[],
): T {
  const value = given.get(name) ?? fallback;
  const match = allowed.find((one) => one === value);
  if (match === undefined) throw new UserError(`--${name} must be ${allowed.join(" or ")}.`);
  return match;
}

function wholeNumber(given: ReadonlyMap<string, string>, name: string, fallback: number, least: number): number {
  const text = given.get(name) ?? String(fallback);
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 2 ** 31) {
    throw new UserError(`--${name} must be a whole number of at least ${least}.`);
  }
  return value;
}

function delimiter(text: string | undefined): string | undefined {
  const unescaped = text === "\\t" || text === "tab" ? "\t" : text;
  if (unescaped !== undefined && (unescaped.length !== 1 || /["\r\n]/.test(unescaped))) {
    throw new UserError("--delimiter must be one character, such as ';' or tab.");
  }
  return unescaped;
}

function timeZone(name: string): string {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return name;
  } catch {
    throw new UserError(`--time-zone ${name} is not a time zone; one is called Europe/London.`);
  }
}

function encoding(name: string): string {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    throw new UserError(`--encoding ${name} is not a text encoding; one is called windows-1252.`);
  }
}
