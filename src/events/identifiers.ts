/** One name of a person in one system: a user id, an e-mail address, a cookie, a device. */
export interface Identifier {
  /** What sort of name it is, one of the `kinds`. */
  readonly kind: string;
  /** The name itself. */
  readonly value: string;
}

/** Identifiers by number, each known once. */
export interface Identifiers {
  readonly kindOf: number[];
  readonly values: string[];
  /** The code of each one's value: the same value may be one of several kinds. */
  readonly codeOf: number[];
  /** The last identifier with a value, by code; −1 = none. */
  readonly lastWith: Int32Array;
  /** By identifier: the one before with the same value; −1 = none. */
  readonly beforeWith: number[];
}

const placeholders: ReadonlySet<string> = new Set([
  ...["", "null", "(null)", "nil", "none", "undefined", "nan", "n/a", "na", "-", "--", "?", "unknown", "not set", "(not set)"],
  ...["anonymous", "anon", "guest", "nobody", "test", "false", "true", "[object object]", "00000000-0000-0000-0000-000000000000"],
]); // prettier-ignore

/** Longer values stand for nobody only if they are zeros or padded, which their ends tell. */
const longestPlaceholder = 15;

/** Opens an empty register of identifiers, for values that have codes below `codes`. */
export function noIdentifiers(codes: number): Identifiers {
  return { kindOf: [], values: [], codeOf: [], lastWith: new Int32Array(codes).fill(-1), beforeWith: [] };
}

/** The number of an identifier, −1 for one that is not known. */
export function findIdentifier({ kindOf, lastWith, beforeWith }: Identifiers, kind: number, code: number): number {
  let number = lastWith[code];
  while (number >= 0 && kindOf[number] !== kind) number = beforeWith[number];
  return number;
}

/** The number of an identifier, new or known. */
export function identifierOf(known: Identifiers, kind: number, code: number, value: string): number {
  const found = findIdentifier(known, kind, code);
  if (found >= 0) return found;
  const number = known.kindOf.length;
  known.kindOf.push(kind);
  known.values.push(value);
  known.codeOf.push(code);
  known.beforeWith.push(known.lastWith[code]);
  known.lastWith[code] = number;
  return number;
}

/** The kinds below `limit` that have a value: how many, and the identifier of the strongest; −1 = none. */
export function kindsWith(
  { kindOf, lastWith, beforeWith }: Identifiers,
  code: number,
  limit: number,
): { count: number; strongest: number } {
  let [count, strongest] = [0, -1];
  for (let number = lastWith[code]; number >= 0; number = beforeWith[number]) {
    if (kindOf[number] >= limit) continue;
    count++;
    if (strongest < 0 || kindOf[number] < kindOf[strongest]) strongest = number;
  }
  return { count, strongest };
}

/** A value as it is compared with those that stand for nobody. */
export function plainValue(value: string): string {
  return value.trim().toLowerCase();
}

/** Tells whether a value stands for nobody, of itself or because it is one of `more`. */
export function isNobody(value: string, more: ReadonlySet<string>): boolean {
  if (more.size === 0 && (isLong(value) || hasDigit(value))) return false;
  const plain = plainValue(value);
  return placeholders.has(plain) || /^[0-]+$/.test(plain) || more.has(plain);
}

function isLong(value: string): boolean {
  const { length } = value;
  return length > longestPlaceholder && isInk(value, 0) && isInk(value, length - 1);
}

/** Whether a character is neither a blank nor a zero. */
function isInk(value: string, at: number): boolean {
  const unit = value.charCodeAt(at);
  return unit > 0x30 && unit < 0x7f;
}

/** Whether a value has a digit other than 0, which no placeholder has. */
function hasDigit(value: string): boolean {
  for (let i = value.length - 1; i >= 0; i--) {
    const unit = value.charCodeAt(i);
    if (unit > 0x30 && unit <= 0x39) return true;
  }
  return false;
}

/** Whether an identifier comes before another: of a stronger kind, or of the same and a lesser value. */
export function comesBefore({ kindOf, values }: Identifiers, a: number, b: number): boolean {
  return kindOf[a] === kindOf[b] ? values[a] < values[b] : kindOf[a] < kindOf[b];
}

/** Sorts identifiers, strongest first. */
export function inOrder(known: Identifiers, identifiers: number[]): number[] {
  return identifiers.sort((one, other) => (comesBefore(known, one, other) ? -1 : 1));
}
