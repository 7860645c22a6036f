/** Every reason for which a clientele function refuses its input; the list is closed. */
export type ErrorCode =
  | "invalid-option"
  | "unknown-option"
  | "invalid-value"
  | "shape-mismatch"
  | "too-few-rows"
  | "too-large"
  | "degenerate-data"
  | "incompatible-model"
  | "unsupported";

/** What a refusal is about: the parts from which the message is generated. */
export interface Refusal {
  /** Stable code to branch on. */
  readonly code: ErrorCode;
  /** Where the refused thing is: `options.k`, `log.time[1042]`, `table.values[3, 1]`. */
  readonly path: string;
  /** What was wanted, as a noun phrase: `an integer in [1, 4]`. */
  readonly expected: string;
  /** What was there, described without quoting data: `9`, `NaN`, `a string`. */
  readonly received: string;
}

const hasRather: ReadonlySet<ErrorCode> = new Set(["too-few-rows", "too-large", "shape-mismatch", "degenerate-data"]);

/**
 * The one error class: thrown when an input cannot be used, and only then.
 *
 * The text is generated from the parts and never quotes customer data: it names a position or an option, not a value
 * that came from a row.
 *
 * @example
 * try {
 *   fromMatrix([[1, 2], [3]]);
 * } catch (error) {
 *   (error as ClienteleError).code; // "shape-mismatch"
 * }
 */
export class ClienteleError extends Error implements Refusal {
  /** Always `"ClienteleError"`, also where `instanceof` fails across realms. */
  override readonly name: string = "ClienteleError";
  readonly code: ErrorCode;
  readonly path: string;
  readonly expected: string;
  readonly received: string;

  /**
   * @param caller - the public function that refuses.
   * @param refusal - code, path, expectation and description of what was received.
   */
  constructor(caller: string, refusal: Refusal) {
    super(messageOf(caller, refusal));
    this.code = refusal.code;
    this.path = refusal.path;
    this.expected = refusal.expected;
    this.received = refusal.received;
  }
}

function messageOf(caller: string, { code, path, expected, received }: Refusal): string {
  if (code === "unknown-option") return `${caller}: ${path} is not an option; expected ${expected}`;
  const verb = hasRather.has(code) ? "must have" : "must be";
  return `${caller}: ${path} ${verb} ${expected}; got ${received}`;
}

/**
 * Throws the typed error; a statement of its own so that checks read as one line.
 *
 * @param caller - the public function that refuses.
 * @param code - the reason.
 * @param path - where the refused thing is.
 * @param expected - what was wanted, as a noun phrase.
 * @param received - what was there; described by {@link describeValue} unless it is a ready description.
 */
export function refuse(caller: string, code: ErrorCode, path: string, expected: string, received: string): never {
  throw new ClienteleError(caller, { code, path, expected, received });
}

/**
 * Lets a refusal speak of the function that the user called.
 *
 * @param caller - that function.
 * @param path - what it calls the options of the inner one.
 * @param inner - calls the inner one.
 */
export function asCalledBy<T>(caller: string, path: string, inner: () => T): T {
  try {
    return inner();
  } catch (error) {
    if (!(error instanceof ClienteleError)) throw error;
    return refuse(caller, error.code, error.path.replace(/^options\b/, path), error.expected, error.received);
  }
}

/** Tells whether a value is an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/**
 * Describes a value without quoting it: numbers and booleans are shown, strings and objects only named.
 *
 * @param value - anything.
 * @returns for example `9`, `NaN`, `a string`, `an array of length 3`.
 */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number" || typeof value === "boolean") return Object.is(value, -0) ? "-0" : String(value);
  if (isList(value)) return `an array of length ${value.length}`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * Describes a value that came from a row: a finite number there may be an amount, an age or an id, and is not shown.
 *
 * @param value - anything.
 * @returns for example `another number`, `NaN`, `a string`.
 */
export function describeCell(value: unknown): string {
  return Number.isFinite(value) ? "another number" : describeValue(value);
}
