import { entriesOf, isRecord, lookUp } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, oneOf, type OptionTable, readOptions, real, texts } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { finiteColumn } from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkLabels, groupSizes, type Labels, membersOf, noGroup } from "../tables/labels.ts";
import { associate, type OutcomeAssociation, type OutcomeKind } from "./outcome-association.ts";

/** What groups have to do with outcomes. Result of {@link measureAssociation}. */
export interface AssociationReport {
  /** One entry per feature, in the order of the table. */
  readonly outcomes: readonly OutcomeAssociation[];
  /** Rows in no group (label −1); they are left out. */
  readonly unassigned: number;
  /** How the p-values were adjusted. */
  readonly adjustment: "bh" | "holm" | "bonferroni";
  /** The notes of all outcomes. */
  readonly notes: readonly Note[];
}

/** Options of {@link measureAssociation}. */
export interface MeasureAssociationOptions {
  /** Outcome by outcome, whether it is `"categorical"` or `"numeric"`; the others are judged by their values. */
  readonly kinds?: Readonly<Record<string, OutcomeKind>> | undefined;
  /** Which test heads a numeric outcome; `"auto"` takes Kruskal–Wallis for small groups and skewed amounts. */
  readonly test?: "auto" | "anova" | "kruskal-wallis" | undefined;
  /** Adjustment of the p-values: Benjamini–Hochberg (false findings among findings), Holm or Bonferroni (any at all). */
  readonly adjustment?: "bh" | "holm" | "bonferroni" | undefined;
  /** 1 − level of the intervals: 0.05 for 95 %. */
  readonly alpha?: number | undefined;
  /** Name of group 0, 1, …; at least one for every group that occurs. */
  readonly names?: readonly string[] | undefined;
}

const isKinds = (value: unknown): boolean =>
  isRecord(value) && Object.values(value).every((kind) => kind === "categorical" || kind === "numeric");

/** Option table of {@link measureAssociation}. */
export const measureAssociationOptions: OptionTable<MeasureAssociationOptions, "kinds" | "names"> = {
  kinds: custom('a record of "categorical" or "numeric"', isKinds, [null, 1, "numeric", ["numeric"], { spend: "amount" }], { optional: true }), // prettier-ignore
  test: oneOf(["auto", "anova", "kruskal-wallis"], { default: "auto" }),
  adjustment: oneOf(["bh", "holm", "bonferroni"], { default: "bh" }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
  names: texts({ optional: true }),
};

/**
 * Measures what groups have to do with business outcomes: which metrics differ between segments, how much, and whether
 * chance alone could do it.
 *
 * An outcome with at most 5 distinct values, all whole, is categorical (converted or not, plan 1 to 3): Pearson's χ² with
 * Cramér's V. Any other is numeric: analysis of variance with η² and Kruskal–Wallis with ε², both in the report. The
 * headline is Kruskal–Wallis when a group has fewer than 30 values, when the deviations within groups are skewed beyond
 * ±1, or when there are none; else the analysis of variance. Segments that were formed from an outcome differ in it by
 * construction: test outcomes that came later, or were left out.
 *
 * @param labels - group per row, from any algorithm or rule; −1 = in no group.
 * @param outcomes - n customers × d outcomes, in the rows of the labels; missing cells are counted and left out.
 * @param options - see {@link MeasureAssociationOptions}.
 * @returns per outcome effect size, interval, p-value and adjusted p-value, and each group's figures; notes `few-rows`,
 * `small-expected-counts`, `unequal-spread`, `constant-outcome`, `one-group`.
 * @throws {ClienteleError} `shape-mismatch` when labels do not fit the rows or names do not cover the groups;
 * `degenerate-data` with fewer than two groups; `invalid-value` for an infinite cell or a label out of range;
 * `too-large` when an outcome's spread overflows or its classes are too many; `too-few-rows` without rows.
 * @example
 * const outcomes = fromMatrix([[1], [1], [0], [0], [0], [1], [0], [0]], { names: ["converted"] });
 * const [converted] = measureAssociation(labelsOf([0, 0, 0, 0, 1, 1, 1, 1]), outcomes).outcomes;
 * converted.effectSize; // 0.2582 — Cramér's V
 * converted.pValue; // 0.4652
 * @see Steiger (2004) and Smithson (2003) for intervals by noncentral distributions. Cost: a sort of each outcome.
 */
export function measureAssociation(
  labels: Labels,
  outcomes: FeatureTable,
  options?: MeasureAssociationOptions,
): AssociationReport {
  const caller = "measureAssociation";
  const { kinds = {}, test, adjustment, alpha, names } = readOptions(caller, measureAssociationOptions, options);
  checkTable(caller, outcomes, "outcomes");
  checkLabels(caller, "labels", labels, outcomes.ids.length, names?.length);
  if (labels.length === 0) refuse(caller, "too-few-rows", "outcomes", "at least 1 row", "0");
  const sizes = groupSizes(labels);
  const present = sizes.filter((size) => size > 0).length;
  if (present < 2) refuse(caller, "degenerate-data", "labels", "at least 2 groups", String(present));
  if (names !== undefined && names.length < sizes.length) {
    refuse(caller, "shape-mismatch", "options.names", `${sizes.length} names, one per group`, String(names.length));
  }
  for (const [name] of entriesOf(kinds)) {
    if (!outcomes.names.includes(name))
      refuse(caller, "invalid-option", "options.kinds", "a record of outcomes of the table", "another name");
  }
  const groups = membersOf(labels, sizes.length).map((rows, group) => ({
    rows,
    name: names?.[group] ?? `Segment ${group + 1}`,
  }));
  const measured = outcomes.names.map((outcome, index) => {
    const column = finiteColumn(caller, "outcomes", outcomes, index);
    return associate(column, { caller, index, outcome, kind: lookUp(kinds, outcome), test, alpha, groups });
  });
  const adjustedPValues = adjusted(
    measured.map(({ pValue }) => pValue),
    adjustment,
  );
  return {
    outcomes: measured.map((outcome, j) => ({ ...outcome, adjustedPValue: adjustedPValues[j] })),
    unassigned: labels.filter((label) => label === noGroup).length,
    adjustment,
    notes: measured.flatMap(({ notes }) => notes.map((note) => ({ ...note }))),
  };
}
