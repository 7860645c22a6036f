import { describeValue, refuse } from "./errors.ts";
import type { Note } from "./note.ts";
import { isTextList } from "./options.ts";

/**
 * The head that every fitted model carries. A model is plain, finite, JSON-safe data: it holds no row, no id and no
 * function, so it can be saved, diffed, mailed, or sent to a worker. (One method is its data: see `ImputerModel.donors`.)
 */
export interface ModelHeader {
  /** Which algorithm fitted it, for example `"k-means"`. */
  readonly kind: string;
  /** Version of the layout; an apply function refuses one it does not know. */
  readonly version: number;
  /** Names of the features it was fitted on, in order. */
  readonly features: readonly string[];
  /** Soft problems met while fitting. */
  readonly notes: readonly Note[];
}

/** For each field of a model the check its value must pass; the model itself is passed for lengths that depend on it. */
export type ModelShape<M extends ModelHeader> = Readonly<
  Partial<Record<Exclude<keyof M, keyof ModelHeader>, (value: unknown, model: M) => boolean>>
>;

/**
 * Makes sure that a model, perhaps read from a file, is one that the calling function can use.
 *
 * @param caller - the apply function.
 * @param model - what the user passed.
 * @param wanted - kind and version the caller understands, checks of the fields it reads, and the feature names of the
 * table it is applied to.
 * @throws {ClienteleError} `incompatible-model` when kind, version, features or a field differ.
 */
export function checkModel<M extends ModelHeader>(
  caller: string,
  model: M,
  wanted: {
    readonly kind: M["kind"];
    readonly version: number;
    readonly shape: ModelShape<M>;
    readonly features?: readonly string[];
  },
): void {
  const fail = (path: string, expected: string, received: unknown): never =>
    refuse(caller, "incompatible-model", path, expected, describeValue(received));
  if (model === null || typeof model !== "object") fail("model", `a ${wanted.kind} model`, model);
  if (model.kind !== wanted.kind) fail("model.kind", `"${wanted.kind}"`, model.kind);
  if (model.version !== wanted.version) fail("model.version", String(wanted.version), model.version);
  if (!isTextList(model.features)) fail("model.features", "a list of feature names", model.features);
  for (const [field, accepts] of Object.entries(wanted.shape)) {
    const value = (model as unknown as Record<string, unknown>)[field];
    if (!(accepts as (value: unknown, model: M) => boolean)(value, model)) fail(`model.${field}`, "intact", value);
  }
  if (wanted.features !== undefined) checkFeatures(caller, model.features, wanted.features);
}

function checkFeatures(caller: string, fitted: readonly string[], given: readonly string[]): void {
  if (fitted.length !== given.length) {
    const expected = `as many features as the model (${fitted.length})`;
    refuse(caller, "incompatible-model", "table.names", expected, describeValue(given));
  }
  const differing = fitted.findIndex((name, j) => name !== given[j]);
  if (differing >= 0) {
    refuse(caller, "incompatible-model", `table.names[${differing}]`, "the model's feature", "another name");
  }
}

/**
 * Tells whether a field read from JSON is a list of finite numbers of the wanted length.
 *
 * @param value - the field.
 * @param length - wanted length; any when absent.
 * @returns true when it can be used.
 */
export function isFiniteVector(value: unknown, length?: number): value is readonly number[] {
  return Array.isArray(value) && (length === undefined || value.length === length) && value.every(Number.isFinite);
}

/**
 * Tells whether a field read from JSON is a rectangular list of lists of finite numbers.
 *
 * @param value - the field.
 * @param columns - wanted length of each row.
 * @param rows - wanted number of rows; any when absent.
 * @returns true when it can be used.
 */
export function isFiniteMatrix(
  value: unknown,
  columns: number,
  rows?: number,
): value is readonly (readonly number[])[] {
  if (!Array.isArray(value) || (rows !== undefined && value.length !== rows)) return false;
  return value.every((row) => isFiniteVector(row, columns));
}
