import { refuse } from "../core/errors.ts";
import { endState, startState } from "./paths.ts";

/** One part of a pattern: an event, or a run of events. */
export interface PatternToken {
  /** Names that it takes, with where each stands in the text; null = any event. */
  readonly names: readonly PatternName[] | null;
  /** Whether it takes every event but those. */
  readonly isNegated: boolean;
  /** Whether it takes a run of any length, also none. */
  readonly isRun: boolean;
  /** Where it begins in the text. */
  readonly at: number;
}

/** A name in a pattern. */
export interface PatternName {
  /** The event, or `(start)` or `(end)`. */
  readonly name: string;
  /** Where it begins in the text. */
  readonly at: number;
}

/** More parts would make a step of a path costly. */
const mostTokens = 1000;

/** What ends a bare name, beside the arrow. */
const delimiters = new Set(["[", "]", "|", '"']);

/**
 * Reads a pattern: tokens between arrows, `^` before the first and `$` after the last.
 *
 * @param caller - the public function.
 * @param path - what the text is called.
 * @param text - the pattern.
 * @returns its tokens; anchors are the boundaries as tokens.
 * @throws {ClienteleError} `invalid-option` with the position of the first character that cannot be read; `too-large` above
 * 1,000 tokens.
 */
export function readPattern(caller: string, path: string, text: string): PatternToken[] {
  const reader = readerOf(caller, path, text);
  const tokens: PatternToken[] = [];
  const boundary = (name: string, at: number): PatternToken => ({ names: [{ name, at }], isNegated: false, isRun: false, at }); // prettier-ignore
  reader.skipSpace();
  if (reader.takes("^")) tokens.push(boundary(startState, 0));
  do tokens.push(readToken(reader));
  while (reader.takes("->"));
  const end = reader.at();
  if (reader.takes("$")) tokens.push(boundary(endState, end));
  if (!reader.isDone()) reader.fail("-> or the end of the pattern");
  if (tokens.length > mostTokens) {
    refuse(caller, "too-large", path, `at most ${mostTokens} parts`, String(tokens.length));
  }
  return tokens;
}

interface Reader {
  at(): number;
  isDone(): boolean;
  peek(): string;
  skipSpace(): void;
  /** Goes on behind a symbol, and spaces after it, if it is next. */
  takes(symbol: string): boolean;
  /** The text up to the next arrow, delimiter, or the anchor at the end; without spaces around it. */
  bareName(): string;
  quotedName(): string;
  fail(expected: string, at?: number): never;
}

function readerOf(caller: string, path: string, text: string): Reader {
  let at = 0;
  // A dollar sign is the anchor only as the last character: events such as $pageview are common.
  const last = text.trimEnd().length - 1;
  const fail = (expected: string, where = at): never => {
    const received = where >= text.length ? "the end of the text" : "another character";
    refuse(caller, "invalid-option", `${path}[${where}]`, `${expected} at position ${where}`, received);
  };
  const skipSpace = (): void => {
    while (at < text.length && text[at].trim() === "") at++;
  };
  return {
    at: () => at,
    isDone: () => at >= text.length,
    peek: () => text.charAt(at),
    skipSpace,
    takes(symbol) {
      if (!text.startsWith(symbol, at)) return false;
      at += symbol.length;
      skipSpace();
      return true;
    },
    bareName() {
      const start = at;
      while (at < text.length && !delimiters.has(text[at]) && !text.startsWith("->", at)) {
        if (at === last && text[at] === "$" && at > start) break;
        at++;
      }
      return text.slice(start, at).trim();
    },
    quotedName() {
      const start = at++;
      while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
      if (at >= text.length) fail("a closing quote", text.length);
      at++;
      try {
        return JSON.parse(text.slice(start, at)) as string;
      } catch {
        return fail("a name quoted as in JSON", start);
      }
    },
    fail,
  };
}

function readToken(reader: Reader): PatternToken {
  reader.skipSpace();
  const at = reader.at();
  if (reader.takes("[")) {
    const isNegated = reader.takes("^");
    const names = readMembers(reader);
    return { names, isNegated, isRun: reader.takes("*"), at };
  }
  if (reader.peek() === '"') {
    const name = reader.quotedName();
    reader.skipSpace();
    return { names: [{ name, at }], isNegated: false, isRun: reader.takes("*"), at };
  }
  if (reader.peek() === "^") reader.fail("an event, a class or . (a class is negated inside, [^a])");
  const text = reader.bareName();
  const isRun = text.endsWith("*");
  const name = isRun ? text.slice(0, -1).trimEnd() : text;
  if (name === "") reader.fail("an event, a class or .", at);
  return { names: name === "." ? null : [{ name, at }], isNegated: false, isRun, at };
}

/** The names of a class, up to and with its closing bracket. */
function readMembers(reader: Reader): PatternName[] {
  const names: PatternName[] = [];
  do {
    const at = reader.at();
    const name = reader.peek() === '"' ? reader.quotedName() : reader.bareName();
    if (name === "" && reader.at() === at) reader.fail("an event");
    names.push({ name, at });
    reader.skipSpace();
  } while (reader.takes("|"));
  if (!reader.takes("]")) reader.fail("| or ]");
  return names;
}
