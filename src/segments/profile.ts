import { run } from "../core/accumulate.ts";
import { put } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { type OptionTable, readOptions, real, texts } from "../core/options.ts";
import { moments } from "../numeric/moments.ts";
import { median } from "../numeric/quantile.ts";
import { checkSpread, finiteColumn, sortedPresent } from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkLabels, groupSizes, type Labels, membersOf, noGroup } from "../tables/labels.ts";
import { type DistinctFeature, type FeatureSpread, splitDistinct } from "./distinct-features.ts";
import { type CustomerStages, stageMix, type StageShare, stagesOption, stagesOfRows } from "./stage-mix.ts";

/** A number per feature; null where no customer has a value. Without a prototype, so any feature name is safe. */
export type PerFeature = Readonly<Record<string, number | null>>;

/** What is typical of one group of customers. */
export interface SegmentProfile {
  /** Group number, as in the labels. */
  readonly segment: number;
  /** Its name; `"Segment 1"` for group 0 when none was given. */
  readonly name: string;
  /** Number of customers. */
  readonly size: number;
  /** `size` as a share of all rows of the table. */
  readonly share: number;
  /** Mean of each feature, missing cells left out. */
  readonly means: PerFeature;
  /** Median of each feature, missing cells left out. */
  readonly medians: PerFeature;
  /**
   * How far the mean lies from that of all customers, in standard deviations of all customers: above 0 = more than usual.
   * 0 for a feature that is constant.
   */
  readonly standardizedDifference: PerFeature;
  /** Missing cells of each feature. */
  readonly missing: Readonly<Record<string, number>>;
  /** Features of which the group has more than usual, by at least the threshold; the most distinct first. */
  readonly overIndexed: readonly DistinctFeature[];
  /** Features of which the group has less than usual, by at least the threshold; the most distinct first. */
  readonly underIndexed: readonly DistinctFeature[];
  /** The group's customers by stage, one entry per stage; empty without `stages`. */
  readonly stages: readonly StageShare[];
  /** The stage of most customers, the earlier of equal ones; null without `stages`, or when nobody has a stage. */
  readonly typicalStage: StageShare | null;
}

/** What distinguishes groups of customers. Result of {@link profileSegments}. */
export interface ProfileReport {
  /** Names of the features, in the order of the table. */
  readonly features: readonly string[];
  /** Units by feature name, as the table has them. */
  readonly units?: Readonly<Record<string, string>>;
  /** One profile per group number from 0, groups without customers included. */
  readonly segments: readonly SegmentProfile[];
  /** All rows of the table, those in no group included: what the segments are compared with. */
  readonly overall: {
    /** Rows of the table. */
    readonly size: number;
    /** Mean of each feature. */
    readonly means: PerFeature;
    /** Median of each feature. */
    readonly medians: PerFeature;
    /** Standard deviation of each feature, divisor n − 1. */
    readonly standardDeviations: PerFeature;
    /** Missing cells of each feature. */
    readonly missing: Readonly<Record<string, number>>;
  };
  /** Rows in no group (label −1), such as noise; they count in `overall` and have no profile. */
  readonly unassigned: number;
  /** From which standardized difference on, up or down, a feature is over-indexed or under-indexed. */
  readonly threshold: number;
}

/** Options of {@link profileSegments}. */
export interface ProfileSegmentsOptions {
  /** Name of group 0, 1, …; at least one for every group that occurs. */
  readonly names?: readonly string[] | undefined;
  /** The lifecycle stage of each customer, for example what {@link labelLifecycle} returned. */
  readonly stages?: CustomerStages | undefined;
  /** From which standardized difference on, up or down, a feature stands out; default 0.25. */
  readonly threshold?: number | undefined;
}

/** Option table of {@link profileSegments}. */
export const profileSegmentsOptions: OptionTable<ProfileSegmentsOptions, "names" | "stages"> = {
  names: texts({ optional: true }),
  stages: stagesOption,
  threshold: real({ min: 0, default: 0.25 }),
};

/**
 * Describes each group of customers by its size and what it has more or less of than all customers.
 *
 * Use the unscaled features: their means are read by people. A feature is over-indexed in a group when the group's mean
 * lies at least `threshold` standard deviations above that of all customers, and under-indexed when it lies as far below:
 * a difference in standard deviations ranks days, orders and money alike. The familiar index, 100 · mean of the group /
 * mean of all, stands beside it.
 *
 * @param table - n customers × d features; missing cells are counted and left out.
 * @param labels - group per row, from any algorithm or rule; −1 = in no group.
 * @param options - see {@link ProfileSegmentsOptions}.
 * @returns one profile per group, and the same figures of all customers.
 * @throws {ClienteleError} `shape-mismatch` when labels or stages do not fit the rows or names do not cover the groups;
 * `too-few-rows` without rows; `invalid-value` for an infinite cell or a label out of range; `too-large` when a feature's
 * spread overflows.
 * @example
 * const table = fromMatrix([[10], [20], [90]], { names: ["spend"] });
 * const [regular, big] = profileSegments(table, labelsOf([0, 0, 1]), { names: ["Regular", "Big"] }).segments;
 * regular.means["spend"]; // 15
 * big.name; // "Big"
 * big.standardizedDifference["spend"]; // 1.1471
 * big.overIndexed; // [{ feature: "spend", standardizedDifference: 1.1471, index: 225 }]
 */
export function profileSegments(table: FeatureTable, labels: Labels, options?: ProfileSegmentsOptions): ProfileReport {
  const caller = "profileSegments";
  const { names, stages, threshold } = readOptions(caller, profileSegmentsOptions, options);
  checkTable(caller, table);
  checkLabels(caller, "labels", labels, table.ids.length, names?.length);
  const rows = table.ids.length;
  if (rows === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  const sizes = groupSizes(labels);
  if (names !== undefined && names.length < sizes.length) {
    refuse(caller, "shape-mismatch", "options.names", `${sizes.length} names, one per group`, String(names.length));
  }
  const stageOf = stages === undefined ? undefined : stagesOfRows(caller, stages, table.ids);
  const columns = table.names.map((_, j) => finiteColumn(caller, "table", table, j));
  columns.forEach((column, j) => checkSpread(caller, j, sortedPresent(column)));
  const everyone = columns.map((column) => summaryOf(column));
  const mixOf = stageMix(stages?.names ?? [], stageOf);
  const groups = membersOf(labels, Math.max(sizes.length, names?.length ?? 0));
  const segments = groups.map((members, segment): SegmentProfile => {
    const summaries = columns.map((column) => summaryOf(Float64Array.from(members, (row) => column[row])));
    const differences = summaries.map(({ mean }, j) => standardized(mean, everyone[j]));
    const spreads = summaries.map(({ mean }, j): FeatureSpread => ({
      feature: table.names[j],
      mean,
      overall: everyone[j],
      difference: differences[j],
    }));
    return {
      segment,
      name: names?.[segment] ?? `Segment ${segment + 1}`,
      size: members.length,
      share: members.length / rows,
      means: byFeature(table.names, (j) => summaries[j].mean),
      medians: byFeature(table.names, (j) => summaries[j].median),
      standardizedDifference: byFeature(table.names, (j) => differences[j]),
      missing: byFeature(table.names, (j) => summaries[j].missing),
      ...splitDistinct(spreads, threshold),
      ...mixOf(members),
    };
  });
  return {
    features: [...table.names],
    ...(table.units && { units: { ...table.units } }),
    segments,
    overall: {
      size: rows,
      means: byFeature(table.names, (j) => everyone[j].mean),
      medians: byFeature(table.names, (j) => everyone[j].median),
      standardDeviations: byFeature(table.names, (j) => everyone[j].deviation),
      missing: byFeature(table.names, (j) => everyone[j].missing),
    },
    unassigned: labels.filter((label) => label === noGroup).length,
    threshold,
  };
}

interface Summary {
  readonly mean: number | null;
  readonly median: number | null;
  readonly deviation: number | null;
  readonly missing: number;
  readonly isNegative: boolean;
}

function summaryOf(cells: Float64Array): Summary {
  const present = cells.filter((cell) => !Number.isNaN(cell));
  const { mean, standardDeviation } = run(moments, present);
  return {
    mean,
    median: present.length === 0 ? null : median(present),
    deviation: standardDeviation,
    missing: cells.length - present.length,
    isNegative: present.some((cell) => cell < 0),
  };
}

function standardized(mean: number | null, overall: Summary): number | null {
  if (mean === null || overall.mean === null) return null;
  // One value has no deviation, equal values have none: nothing differs.
  if (overall.deviation === null || overall.deviation === 0) return 0;
  return (mean - overall.mean) / overall.deviation;
}

function byFeature<T extends number | null>(names: readonly string[], valueOf: (j: number) => T): Record<string, T> {
  const record = Object.create(null) as Record<string, T>;
  names.forEach((name, j) => put(record, name, valueOf(j)));
  return record;
}
