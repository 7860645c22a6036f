import { entriesOf, isRecord } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { custom, isTextList, type OptionSpec, text } from "../core/options.ts";

/** Product features: event names (or values of a column), or for each feature the names that count as its use. */
export type ProductFeatures = readonly string[] | Readonly<Record<string, string | readonly string[]>>;

/** Which features there are, and which of them each value of the events' column is a use of. */
export interface FeaturePlan {
  /** Features in the order of the result. */
  readonly names: readonly string[];
  /** Positions in `names` by value; a value that is not in here is no use. */
  readonly ofValue: ReadonlyMap<string, readonly number[]>;
}

/** The options that say what a feature is, shared by {@link deriveUsage} and {@link usageTotals}. */
export interface FeatureOptions {
  /**
   * The product features: a list of event names, or a record from feature to the event names that are a use of it. May be
   * absent only with `featureColumn`: then every value of the column is a feature.
   */
  readonly features?: ProductFeatures | undefined;
  /** Name of a further column of the log whose values stand in the place of event names, such as a page or a screen. */
  readonly featureColumn?: string | undefined;
}

/** Rows of the option tables. */
export const featureSpecs: {
  readonly features: OptionSpec<ProductFeatures>;
  readonly featureColumn: OptionSpec<string>;
} = {
  features: custom(
    "a non-empty list of distinct names, or a record from feature to names",
    isFeatures,
    [[], {}, null, 1, "a", [1], ["a", "a"], { a: [] }, { a: 1 }, { a: [1] }],
    { optional: true },
  ),
  featureColumn: text({ optional: true }),
};

function isFeatures(value: unknown): boolean {
  if (isTextList(value)) return value.length > 0 && new Set(value).size === value.length;
  if (!isRecord(value)) return false;
  const uses = Object.values(value);
  return uses.length > 0 && uses.every((use) => typeof use === "string" || (isTextList(use) && use.length > 0));
}

/**
 * Reads the features that are asked for.
 *
 * @param caller - the public function.
 * @param options - its options, read.
 * @returns a plan for the values that are seen; they are the features where none are named.
 */
export function planFeatures(caller: string, options: FeatureOptions): (seen: Iterable<string>) => FeaturePlan {
  const { features, featureColumn } = options;
  if (features !== undefined) {
    const plan = planOf(features);
    return () => plan;
  }
  if (featureColumn === undefined) {
    refuse(caller, "invalid-option", "options.features", "given, or featureColumn", "undefined");
  }
  // Without a comparator strings sort by code units.
  return (seen) => planOf([...new Set(seen)].sort());
}

function planOf(features: ProductFeatures): FeaturePlan {
  const entries: [string, string | readonly string[]][] = isTextList(features)
    ? features.map((name) => [name, name])
    : entriesOf(features);
  const ofValue = new Map<string, number[]>();
  entries.forEach(([, uses], feature) => {
    for (const value of new Set(typeof uses === "string" ? [uses] : uses)) {
      ofValue.set(value, [...(ofValue.get(value) ?? []), feature]);
    }
  });
  return { names: entries.map(([name]) => name), ofValue };
}

/** Features of a usage table that are not counts of one product feature. */
export const usageNames: readonly string[] = [
  "breadth",
  "depth",
  "activeDays",
  "daysSinceFirstUse",
  "daysSinceLastUse",
];

/** The features of a usage table: the five above, then `${feature}Events` for every product feature. */
export function usageColumns({ names }: FeaturePlan): string[] {
  return [...usageNames, ...names.map((name) => `${name}Events`)];
}

/** Units of a usage table's features that are counted in days. */
export const usageUnits: Readonly<Record<string, string>> = {
  activeDays: "day",
  daysSinceFirstUse: "day",
  daysSinceLastUse: "day",
};

const mostCells = 2 ** 28;

/** Refuses a usage table that no memory holds: a column of ids taken for features. */
export function checkSize(caller: string, customers: number, { names }: FeaturePlan): void {
  const cells = customers * (names.length + usageNames.length);
  if (cells > mostCells) {
    const path = "options.featureColumn";
    refuse(caller, "too-large", path, "fewer values than 2^28 / customers", `${names.length} of them`);
  }
}
