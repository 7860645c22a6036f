import type { Note } from "./note.ts";

/**
 * What every test of a difference returns: an estimate with its uncertainty, and how it was made. Where a test may be unable to
 * estimate, say with nobody in an arm, it returns a `TestReport<null>`.
 */
export interface TestReport<Missing = never> {
  /** The difference. */
  readonly estimate: number | Missing;
  /** Its standard error. */
  readonly standardError: number | Missing;
  /** Its confidence interval. */
  readonly interval: readonly [number, number] | Missing;
  /** The chance of a difference at least as large if there were none; null where it cannot be told. */
  readonly pValue: number | null;
  /** How the test was made. */
  readonly method: string;
  /** What to know before believing it. */
  readonly notes: readonly Note[];
}
