// Too little or too uniform data is an answer, not a failure: it is told in a sentence where the picture would be.
import { ClienteleError } from "clientele/core";

const answers: readonly string[] = ["too-few-rows", "degenerate-data", "too-large"];

/** What `work` finds, or a sentence that says why these data do not carry it. */
export function orReason<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ClienteleError) || !answers.includes(error.code)) throw error;
    return `The data are too few or too uniform for this (${error.code}).`;
  }
}
