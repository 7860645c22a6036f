import { run } from "../core/accumulate.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { type Contingency, testContingency } from "../numeric/contingency.ts";
import { moments } from "../numeric/moments.ts";
import { type OneWay, skewnessWithin, testAnova, testKruskalWallis } from "../numeric/one-way.ts";
import { median } from "../numeric/quantile.ts";
import { checkSpread, sortedPresent } from "../tables/columns.ts";

/** How an outcome is read: as classes, or as amounts. */
export type OutcomeKind = "categorical" | "numeric";

/** One group's values of one outcome. */
export interface OutcomeGroup {
  /** Group number, as in the labels. */
  readonly group: number;
  /** Its name; `"Segment 1"` for group 0 when none was given. */
  readonly name: string;
  /** Customers of the group whose value is known. */
  readonly n: number;
  /** Mean; the rate of an outcome that is 0 or 1. Null without values. */
  readonly mean: number | null;
  /** Median; null without values. */
  readonly median: number | null;
  /** Standard error of the mean; null of fewer than 2 values. */
  readonly standardError: number | null;
}

/** One test of one outcome. */
export interface AssociationTest {
  /** χ² without continuity correction, F, or H corrected for ties. */
  readonly statistic: number;
  /** Degrees of freedom: (groups − 1)(classes − 1) of χ², groups − 1 of F and H. */
  readonly degreesOfFreedom: number;
  /** Degrees of freedom below the F; null of χ² and H. */
  readonly residualDegreesOfFreedom: number | null;
  /** Probability of at least such a statistic if groups and outcome had nothing to do with each other. */
  readonly pValue: number;
  /** From 0 = nothing to 1 = the group says it all: Cramér's V of χ², η² of F, ε² of H. */
  readonly effectSize: number;
  /** The effect size less what chance alone gives: Bergsma's V, ω², η²_H. */
  readonly correctedEffectSize: number;
  /** Confidence interval of the effect size among all such customers. */
  readonly interval: readonly [number, number];
}

/** What groups have to do with one outcome. The figures of its headline test are null where no test is possible. */
export interface OutcomeAssociation {
  /** Name of the feature. */
  readonly outcome: string;
  /** How it was read. */
  readonly kind: OutcomeKind;
  /** The test that `effectSize`, `interval` and `pValue` come from. */
  readonly test: "chi-square" | "anova" | "kruskal-wallis" | null;
  /** Which effect size it is. */
  readonly measure: "cramers-v" | "eta-squared" | "epsilon-squared" | null;
  /** See {@link AssociationTest}. */
  readonly effectSize: number | null;
  /** See {@link AssociationTest}. */
  readonly correctedEffectSize: number | null;
  /** See {@link AssociationTest}. */
  readonly interval: readonly [number, number] | null;
  /** See {@link AssociationTest}. */
  readonly pValue: number | null;
  /** `pValue` adjusted for the number of outcomes that were tested. */
  readonly adjustedPValue: number | null;
  /** Pearson's test, of a categorical outcome. */
  readonly chiSquare: AssociationTest | null;
  /** One-way analysis of variance, of a numeric outcome. */
  readonly anova: AssociationTest | null;
  /** Kruskal–Wallis test, of a numeric outcome. */
  readonly kruskal: AssociationTest | null;
  /** One entry per group number from 0. */
  readonly groups: readonly OutcomeGroup[];
  /** Customers of a group whose value is missing. */
  readonly missing: number;
  /** What to know before believing the figures. */
  readonly notes: readonly Note[];
}

/** An outcome of at most so many distinct whole numbers is read as classes. */
const fewClasses = 5;

/** A table of more counts than this is no classification but a list of amounts or ids. */
const mostCells = 1e7;

/** From this size on the mean of a group that is not very skewed is nearly normal; smaller groups are noted. */
const enoughRows = 30;

/** Skewness of the deviations within groups from which ranks tell more than means: "highly skewed" (Bulmer, 1979). */
const verySkewed = 1;

/** What {@link associate} must know beside the values. */
interface Question {
  readonly caller: string;
  /** Position of the outcome in its table. */
  readonly index: number;
  readonly outcome: string;
  readonly kind: OutcomeKind | undefined;
  readonly test: "auto" | "anova" | "kruskal-wallis";
  readonly alpha: number;
  readonly groups: readonly { readonly name: string; readonly rows: Uint32Array }[];
}

/**
 * Measures what groups have to do with one outcome.
 *
 * @param column - one value per row; NaN = missing.
 * @param question - the groups, and how to ask.
 * @returns everything but the adjusted p-value, which needs the other outcomes.
 */
export function associate(column: Float64Array, question: Question): Omit<OutcomeAssociation, "adjustedPValue"> {
  const { caller, index, outcome, test, alpha } = question;
  const { values, groups } = knownValues(column, question.groups);
  const sorted = sortedPresent(values);
  checkSpread(caller, index, sorted, "outcomes");
  const kind = question.kind ?? kindOf(sorted);
  const profiles = question.groups.map(({ name, rows }, group) => profileOf(group, name, column, rows));
  const numeric = kind === "numeric" && sorted.length > 0 && sorted[0] < sorted[sorted.length - 1];
  const table = kind === "categorical" ? testContingency(countsOf(values, groups, question), alpha) : null;
  const chiSquare = table === null ? null : ofContingency(table);
  const anova = numeric ? ofOneWay(testAnova(values, groups, alpha), true) : null;
  const kruskal = numeric ? ofOneWay(testKruskalWallis(values, groups, alpha), false) : null;
  const small = profiles.some(({ n }) => n > 0 && n < enoughRows);
  const ranks = anova === null || small || Math.abs(skewnessWithin(values, groups)) > verySkewed;
  const headline = headlineOf({ chiSquare, anova, kruskal }, test === "auto" ? (ranks ? "kruskal-wallis" : "anova") : test); // prettier-ignore
  return {
    outcome,
    kind,
    ...headline,
    chiSquare,
    anova,
    kruskal,
    groups: profiles,
    missing: question.groups.reduce((sum, { rows }) => sum + rows.length, 0) - values.length,
    notes: notesOf(outcome, kind, profiles, table, sorted),
  };
}

function knownValues(
  column: Float64Array,
  groups: Question["groups"],
): { readonly values: Float64Array; readonly groups: Int32Array } {
  const size = groups.reduce((sum, { rows }) => sum + rows.length, 0);
  const values = new Float64Array(size);
  const labels = new Int32Array(size);
  let known = 0;
  groups.forEach(({ rows }, group) => {
    for (const row of rows) {
      if (Number.isNaN(column[row])) continue;
      values[known] = column[row];
      labels[known++] = group;
    }
  });
  return { values: values.subarray(0, known), groups: labels.subarray(0, known) };
}

function kindOf(sorted: Float64Array): OutcomeKind {
  let classes = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (!Number.isInteger(sorted[i])) return "numeric";
    if ((i === 0 || sorted[i] !== sorted[i - 1]) && ++classes > fewClasses) return "numeric";
  }
  return "categorical";
}

function profileOf(group: number, name: string, column: Float64Array, rows: Uint32Array): OutcomeGroup {
  const values = Float64Array.from(rows, (row) => column[row]).filter((value) => !Number.isNaN(value));
  const { n, mean, standardDeviation } = run(moments, values);
  return {
    group,
    name,
    n,
    mean,
    median: n === 0 ? null : median(values),
    standardError: standardDeviation === null ? null : standardDeviation / Math.sqrt(n),
  };
}

/** How often each class occurs in each group. */
function countsOf(values: Float64Array, groups: Int32Array, { caller, index, groups: all }: Question): Float64Array[] {
  const places = new Map<number, number>();
  for (const value of values) if (!places.has(value)) places.set(value, places.size);
  if (places.size * all.length > mostCells) {
    const expected = `at most ${Math.floor(mostCells / all.length)} classes to be categorical`;
    refuse(caller, "too-large", `outcomes.names[${index}]`, expected, String(places.size));
  }
  const counts = all.map(() => new Float64Array(places.size));
  values.forEach((value, i) => counts[groups[i]][places.get(value) ?? 0]++);
  return counts;
}

function ofContingency(table: Contingency): AssociationTest {
  return {
    statistic: table.statistic,
    degreesOfFreedom: table.degreesOfFreedom,
    residualDegreesOfFreedom: null,
    pValue: table.pValue,
    effectSize: table.cramersV,
    correctedEffectSize: table.correctedV,
    interval: table.interval,
  };
}

function ofOneWay(test: OneWay | null, hasResidual: boolean): AssociationTest | null {
  if (test === null) return null;
  return { ...test, residualDegreesOfFreedom: hasResidual ? test.residualDegreesOfFreedom : null };
}

type Tests = Pick<OutcomeAssociation, "chiSquare" | "anova" | "kruskal">;
type Headline = Pick<
  OutcomeAssociation,
  "test" | "measure" | "effectSize" | "correctedEffectSize" | "interval" | "pValue"
>;

function headlineOf({ chiSquare, anova, kruskal }: Tests, numericTest: "anova" | "kruskal-wallis"): Headline {
  const headed = (test: Headline["test"], measure: Headline["measure"], figures: AssociationTest): Headline => ({
    test,
    measure,
    effectSize: figures.effectSize,
    correctedEffectSize: figures.correctedEffectSize,
    interval: [...figures.interval],
    pValue: figures.pValue,
  });
  if (chiSquare !== null) return headed("chi-square", "cramers-v", chiSquare);
  if (anova !== null && numericTest === "anova") return headed("anova", "eta-squared", anova);
  if (kruskal !== null && numericTest === "kruskal-wallis") return headed("kruskal-wallis", "epsilon-squared", kruskal);
  return { test: null, measure: null, effectSize: null, correctedEffectSize: null, interval: null, pValue: null };
}

function notesOf(
  outcome: string,
  kind: OutcomeKind,
  groups: readonly OutcomeGroup[],
  table: Contingency | null,
  sorted: Float64Array,
): Note[] {
  const notes: Note[] = [];
  const known = groups.filter(({ n }) => n > 0);
  const small = known.filter(({ n }) => n < enoughRows);
  if (small.length > 0) {
    const sizes = small.slice(0, 10).map(({ name, n }) => `${name} (${n})`);
    const more = small.length > 10 ? ` and ${small.length - 10} more` : "";
    notes.push({
      code: "few-rows",
      message: `${outcome}: fewer than ${enoughRows} customers in ${sizes.join(", ")}${more}; their figures are uncertain.`,
    });
  }
  if (known.length < 2) {
    notes.push({ code: "one-group", message: `${outcome}: fewer than 2 groups have values; nothing can be compared.` });
  } else if (sorted[0] === sorted[sorted.length - 1]) {
    notes.push({
      code: "constant-outcome",
      message: `${outcome} is the same for all customers; nothing can be compared.`,
    });
  }
  if (table !== null && (table.smallCells > 0.2 || table.smallestExpected < 1)) {
    const share = Math.round(table.smallCells * 100);
    notes.push({
      code: "small-expected-counts",
      message: `${outcome}: ${share} % of the expected counts are below 5, the smallest is ${table.smallestExpected.toPrecision(2)}; the p-value is approximate.`,
    });
  }
  if (kind === "numeric") {
    const deviations = known.flatMap(({ n, standardError }) => (standardError === null ? [] : [standardError * Math.sqrt(n)])); // prettier-ignore
    const [least, most] = deviations.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, 0]);
    if (most > 2 * least)
      notes.push({
        code: "unequal-spread",
        message: `${outcome}: the widest group spreads over twice as far as the narrowest; a test may find this instead of a shift.`,
      });
  }
  return notes;
}
