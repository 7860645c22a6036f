import { run } from "../core/accumulate.ts";
import { refuse } from "../core/errors.ts";
import { isRecord } from "../core/dictionary.ts";
import { checkModel, isFiniteMatrix, isFiniteVector, type ModelHeader } from "../core/model.ts";
import { custom, integer, isTextList, type OptionTable, readOptions, seed } from "../core/options.ts";
import { moments } from "../numeric/moments.ts";
import { withPoints } from "../numeric/points.ts";
import { checkSpread, finiteColumn, sortedPresent } from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkGroupNumbers, type Labels, membersOf, noGroup } from "../tables/labels.ts";
import { splitStage, type StageSplit } from "./micro-split.ts";
import { checkDistances, largestCell, type Rows, rowsOf, takeRows } from "./rows.ts";

/** How one stage is cut into micro-segments. */
export interface MicroSegmentStage extends StageSplit {
  /** Name of the stage. */
  readonly name: string;
  /** Customers of the stage in the fit. */
  readonly size: number;
  /** Mean of each feature within the stage, in the units of the table. */
  readonly center: readonly number[];
  /** Population standard deviation of each feature within the stage; 1 for a constant one. */
  readonly scale: readonly number[];
}

/** Groups within lifecycle stages. Learned by {@link fitMicroSegments}. */
export interface MicroSegmentModel extends ModelHeader {
  readonly kind: "micro-segments";
  readonly version: 1;
  /** Names of the micro-segments, in the order of their labels: `active/1`, `active/2`, `churned`, … */
  readonly names: readonly string[];
  /** One per stage, in the order of the stages' labels. */
  readonly stages: readonly MicroSegmentStage[];
}

/** Result of {@link assignMicroSegments}. */
export interface MicroSegments {
  /** Position in `names` per row; −1 where the row is in no stage. */
  readonly labels: Labels;
  /** Names of the micro-segments. */
  readonly names: readonly string[];
}

/** Options of {@link fitMicroSegments}. */
export interface FitMicroSegmentsOptions {
  /** Names of stage 0, 1, …; all different. */
  readonly names: readonly string[];
  /** Most groups that a stage is cut into; default 6. */
  readonly kMax?: number | undefined;
  /** Fewest customers of a micro-segment; default 10. A stage with less than twice as many stays whole. */
  readonly minSize?: number | undefined;
  /** Seed of the random starts; default 42. */
  readonly seed?: number | undefined;
}

/** Option table of {@link fitMicroSegments}. */
export const fitMicroSegmentsOptions: OptionTable<FitMicroSegmentsOptions> = {
  names: custom(
    'a list of 1 to 1,000 different names, none of which is another with "/" and a number',
    (value) => isTextList(value) && value.length > 0 && value.length <= 1000 && areStageNames(value),
    [[], null, "active", [1], ["a", "a"], ["a", "b", "a/2"], {}],
  ),
  kMax: integer({ min: 1, max: 100, default: 6 }),
  minSize: integer({ min: 1, default: 10 }),
  seed: seed(),
};

/** The second group of `a` is `a/2`, which must not be a stage too. */
function areStageNames(names: readonly string[]): boolean {
  const known = new Set(names);
  return known.size === names.length && !names.some((name) => known.has(name.replace(/\/\d+$/, "/").slice(0, -1)));
}

/**
 * Cuts each lifecycle stage into groups of customers who behave alike, each stage on its own: what sets apart the active
 * is not what sets apart the churned.
 *
 * Within a stage the features are standardized and k-means tries 2 to `kMax` groups. Groups below `minSize`, often a
 * handful of extreme customers, are joined to the nearest; of what remains, the number of groups with the largest mean
 * silhouette wins. A stage that is too small, or of which no cut leaves two groups, stays whole under its own name.
 *
 * @param table - n customers × d finite features, in their own units; take logarithms of money and counts first.
 * @param stages - the stage of each row, from {@link labelLifecycle} or any other rule; −1 = in none.
 * @param options - see {@link FitMicroSegmentsOptions}; `names` is required.
 * @returns a model; within a stage `active/1` is the largest. The same customers in another order give the same model. A
 * note `no-structure` names stages whose groups are hardly more than slices of one crowd.
 * @throws {ClienteleError} `too-few-rows` without rows; `shape-mismatch` when stages do not fit the rows; `invalid-value`
 * for a stage without a name, and at the first cell that is not finite; `too-large` when a feature's spread overflows.
 * @example
 * const table = fromMatrix([1, 2, 3, 41, 42, 43, 5].map((x) => [x]), { names: ["visits"] });
 * const stages = labelsOf([0, 0, 0, 0, 0, 0, 1]);
 * const model = fitMicroSegments(table, stages, { names: ["active", "churned"], minSize: 3 });
 * const { labels, names } = assignMicroSegments(model, table, stages);
 * Array.from(labels, (label) => names[label]);
 * // ["active/1", "active/1", "active/1", "active/2", "active/2", "active/2", "churned"]
 * @see Rousseeuw (1987), "Silhouettes". Cost: `kMax` fits of k-means per stage, and their silhouettes.
 */
export function fitMicroSegments(
  table: FeatureTable,
  stages: Labels,
  options: FitMicroSegmentsOptions,
): MicroSegmentModel {
  const caller = "fitMicroSegments";
  const read = readOptions(caller, fitMicroSegmentsOptions, options);
  checkDistances(caller, table);
  checkStages(caller, stages, table.ids.length, read.names.length);
  if (table.ids.length === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  const notes: { code: string; message: string }[] = [];
  const members = membersOf(stages, read.names.length);
  const fitted = read.names.map((name, stage): MicroSegmentStage => {
    const rows = rowsAt(table, members[stage]);
    const scaling = scalingOf(caller, rows, table.names);
    const { split, notes: found } = splitStage(caller, scaled(caller, rows, scaling), read);
    for (const { code, message } of found) notes.push({ code, message: `${name}: ${message}` });
    return { name, size: rows.ids.length, ...scaling, ...split };
  });
  return {
    kind: "micro-segments",
    version: 1,
    features: [...table.names],
    notes,
    names: fitted.flatMap(namesOf),
    stages: fitted,
  };
}

/**
 * Puts each customer into a micro-segment of the customer's stage; also customers the model has not seen.
 *
 * @param model - fitted by {@link fitMicroSegments}.
 * @param table - the same features in the same order and units; any number of rows.
 * @param stages - the stage of each row, numbered as in the fit; −1 = in none.
 * @returns one label per row, and the names of the micro-segments. For the table of the fit the labels count to the model's
 * `sizes`.
 * @throws {ClienteleError} `incompatible-model` when the model is not an intact one of these features; `invalid-value` for a
 * stage that the model does not know, and at the first cell that is not finite or too far from all the model has seen.
 * @example
 * const table = fromMatrix([[1], [2], [41], [42]]);
 * const model = fitMicroSegments(table, labelsOf([0, 0, 0, 0]), { names: ["active"], minSize: 2 });
 * assignMicroSegments(model, fromMatrix([[50], [0]]), labelsOf([0, -1])).labels; // Int32Array [1, -1]
 */
export function assignMicroSegments(model: MicroSegmentModel, table: FeatureTable, stages: Labels): MicroSegments {
  const caller = "assignMicroSegments";
  checkTable(caller, table);
  checkModel<MicroSegmentModel>(caller, model, {
    kind: "micro-segments",
    version: 1,
    shape: {
      stages: (value, { features }) => Array.isArray(value) && value.every((stage) => isStage(stage, features.length)),
      names: (value, whole) => isTextList(value) && value.join("\n") === whole.stages.flatMap(namesOf).join("\n"),
    },
    features: table.names,
  });
  checkDistances(caller, table);
  checkStages(caller, stages, table.ids.length, model.stages.length);
  const labels = new Int32Array(table.ids.length).fill(noGroup);
  let first = 0;
  const members = membersOf(stages, model.stages.length);
  model.stages.forEach((stage, number) => {
    const rows = rowsAt(table, members[number]);
    const found = nearestOf(scaled(caller, rows, stage), stage);
    rows.order.forEach((row, i) => (labels[row] = first + found[i]));
    first += stage.sizes.length;
  });
  return { labels, names: [...model.names] };
}

/** The names of the micro-segments of a stage. */
function namesOf({ name, sizes }: MicroSegmentStage): string[] {
  return sizes.length === 1 ? [name] : sizes.map((_, group) => `${name}/${group + 1}`);
}

function isStage(value: unknown, features: number): boolean {
  if (!isRecord(value)) return false;
  const { name, center, scale, centroids, groups, sizes } = value;
  if (typeof name !== "string" || !isFiniteVector(center, features) || !isFiniteVector(scale, features)) return false;
  if (!scale.every((step) => step > 0) || !isFiniteMatrix(centroids, features)) return false;
  if (!isFiniteVector(sizes) || sizes.length === 0 || !isFiniteVector(groups, centroids.length)) return false;
  return groups.every((group) => Number.isInteger(group) && group >= 0 && group < sizes.length);
}

function checkStages(caller: string, stages: Labels, rows: number, known: number): void {
  if (!(stages instanceof Int32Array) || stages.length !== rows) {
    refuse(caller, "shape-mismatch", "stages", `${rows} labels in an Int32Array`, stages instanceof Int32Array ? String(stages.length) : "another thing"); // prettier-ignore
  }
  checkGroupNumbers(caller, "stages", stages, known - 1);
}

/** The rows of one stage, and where in the table they are. */
interface StageRows {
  readonly ids: readonly string[];
  readonly names: readonly string[];
  readonly values: Float64Array;
  readonly order: Uint32Array;
}

function rowsAt(table: FeatureTable, order: Uint32Array): StageRows {
  const { values: taken } = takeRows(rowsOf(table), order);
  return { ids: Array.from(order, (row) => table.ids[row]), names: table.names, values: taken, order };
}

type Scaling = Pick<MicroSegmentStage, "center" | "scale">;

function scalingOf(caller: string, rows: StageRows, names: readonly string[]): Scaling {
  const center: number[] = [];
  const scale: number[] = [];
  names.forEach((_, j) => {
    const sorted = sortedPresent(finiteColumn(caller, "table", rows, j));
    checkSpread(caller, j, sorted);
    const { mean, variance } = run(moments, sorted);
    const deviation = Math.sqrt(variance ?? 0);
    // Adding 0 turns −0, which JSON cannot carry, into 0.
    center.push((mean ?? 0) + 0);
    scale.push(deviation > 0 && 1 / deviation < Infinity ? deviation : 1);
  });
  return { center, scale };
}

function scaled(caller: string, { ids, names, values, order }: StageRows, { center, scale }: Scaling): Rows {
  const columns = names.length;
  const moved = values.map((value, cell) => (value - center[cell % columns]) / scale[cell % columns]);
  const far = moved.findIndex((value) => !(Math.abs(value) <= largestCell));
  if (far >= 0) {
    const at = `table.values[${order[Math.floor(far / columns)]}, ${far % columns}]`;
    refuse(caller, "invalid-value", at, "near enough to the customers of its stage", "a number too far");
  }
  return { values: moved, rows: ids.length, columns, weights: undefined };
}

function nearestOf({ values, rows, columns }: Rows, { centroids, groups }: StageSplit): Int32Array {
  if (rows === 0 || centroids.length === 0) return new Int32Array(rows);
  const centers = Float64Array.from(centroids.flat());
  const { labels } = withPoints(values, rows, columns, undefined, (points) => points.measure(centers));
  return labels.map((label) => groups[label]);
}
