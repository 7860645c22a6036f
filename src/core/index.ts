export { byKey, counter, mergeAll, product, run } from "./accumulate.ts";
export type { Accumulator, InputOf, Parts, ResultOf, StateOf } from "./accumulate.ts";
export { ClienteleError } from "./errors.ts";
export type { ErrorCode, Refusal } from "./errors.ts";
export type { ModelHeader } from "./model.ts";
export type { Note } from "./note.ts";
export { randomOf } from "./random.ts";
export type { Random } from "./random.ts";
export type { TestReport } from "./test-report.ts";
