import { entriesOf, put } from "../core/dictionary.ts";
import { asCalledBy, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, type OptionSpec, readOptions } from "../core/options.ts";
import type { Codes } from "../tables/codes.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { type AttributeOptions, attributeTable } from "./attributes.ts";
import { scoreEngagement, type ScoreEngagementOptions, scoreEngagementOptions } from "./engagement.ts";
import { scoreRfm, type ScoreRfmOptions, scoreRfmOptions } from "./rfm-scores.ts";

/** The view of all customers on a day: a feature table that also says where declared attributes come from. */
export interface CustomerView extends FeatureTable {
  /** By declared attribute: the source of each row's value, a code per row; the missing code where there is none. */
  readonly sources: Readonly<Record<string, Codes>>;
  /** What the scores and attributes have to say: features that do not tell customers apart, many levels, nobody to score. */
  readonly notes: readonly Note[];
}

/** The options of a view that compare customers with each other, or join what is declared about them. */
export interface ViewScoreOptions extends AttributeOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; nothing later counts. */
  readonly asOf: number;
  /** IANA time zone for calendar days; without it days since are elapsed 24 hours and active days are dates in UTC. */
  readonly timeZone?: string | undefined;
  /** Scores of recency, frequency and revenue, see {@link scoreRfm}; `{}` for its defaults. */
  readonly rfmScores?: ScoreRfmOptions | undefined;
  /** Engagement from the view's own columns, see {@link scoreEngagement}: `{ weights, halfLifeDays, scaling }`. */
  readonly engagement?: ScoreEngagementOptions | undefined;
}

const badNested: readonly [unknown, ...unknown[]] = [null, 1, "a", []];

/** Rows of the option tables. */
export const scoreSpecs: {
  readonly rfmScores: OptionSpec<ScoreRfmOptions>;
  readonly engagement: OptionSpec<ScoreEngagementOptions>;
} = {
  rfmScores: custom("options of scoreRfm", isOptions, badNested, { optional: true }),
  engagement: custom("options of scoreEngagement", isOptions, badNested, { optional: true }),
};

function isOptions(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The tables that a view joins; all but the first may lack customers. */
export interface ViewTables {
  /** One row per customer of the view, in its order. */
  readonly activity: FeatureTable;
  readonly rfm: FeatureTable;
  readonly summary: FeatureTable;
  readonly velocity: FeatureTable | undefined;
  readonly usage: FeatureTable | undefined;
  readonly behavior: FeatureTable | undefined;
}

/** What becomes of a table's columns in the view. */
interface Part {
  readonly table: FeatureTable;
  /** The name in the view; null = left out. */
  readonly nameOf: (name: string, index: number) => string | null;
  /** Columns that are 0, not NaN, for a customer whom the table does not know: of whom nothing happened. */
  readonly zero?: ReadonlySet<string>;
}

const asIs = (name: string): string => name;
const countsOfPurchases = new Set(["orderCount", "revenue"]);
const countsOfVelocity = new Set(["browsedOrderCount", "purchaseIntervalCount"]);

/**
 * Refuses what the scores of a view would refuse, before anything is computed.
 *
 * @param caller - the public function.
 * @param options - its options, read.
 */
export function checkScoreOptions(caller: string, { rfmScores, engagement }: ViewScoreOptions): void {
  if (rfmScores !== undefined) readOptions(caller, scoreRfmOptions, rfmScores, "options.rfmScores");
  if (engagement !== undefined) readOptions(caller, scoreEngagementOptions, engagement, "options.engagement");
}

/**
 * Joins the parts of a view, scores them, and adds what is declared.
 *
 * @param caller - the public function.
 * @param tables - the parts.
 * @param options - the instant, the scores, the attributes.
 * @returns the view. Cost: one pass over the cells, and the sorts of the scores.
 */
export function viewOf(caller: string, tables: ViewTables, options: ViewScoreOptions): CustomerView {
  const { activity, rfm, summary, velocity, usage, behavior } = tables;
  const { rfmScores, engagement } = options;
  const notes: Note[] = [];
  const parts: Part[] = [
    { table: activity, nameOf: asIs },
    { table: rfm, nameOf: asIs, zero: countsOfPurchases },
  ];
  if (rfmScores !== undefined)
    parts.push({ table: scoresOf(caller, rfm, rfmScores, notes), nameOf: (n) => `${n}Score` });
  parts.push({ table: summary, nameOf: summaryName });
  if (velocity !== undefined) parts.push({ table: velocity, nameOf: velocityName, zero: countsOfVelocity });
  if (usage !== undefined) parts.push({ table: usage, nameOf: usageName });
  if (behavior !== undefined) {
    const last = behavior.names.length - 1;
    parts.push({ table: behavior, nameOf: (name, j) => (j === last ? "behaviorScore" : `${name}Points`) });
  }
  const derived = sideBySide(activity.ids, parts);
  const declared = attributeTable(caller, activity.ids, options);
  const reserved = Object.keys(engagement?.weights ?? {}).map((name) => `${name}Contribution`);
  checkNames(caller, [...derived.names, "engagement", ...reserved], declared.table.names);
  for (const note of declared.notes) notes.push(note);
  const all = sideBySide(activity.ids, [
    { table: derived, nameOf: asIs },
    { table: declared.table, nameOf: asIs },
  ]);
  if (engagement === undefined) return { ...all, sources: declared.sources, notes };
  const scored = asCalledBy(caller, "options.engagement", () => scoreEngagement(all, engagement));
  for (const note of scored.notes) notes.push(note);
  const view = sideBySide(activity.ids, [
    { table: all, nameOf: asIs },
    { table: scored.scores, nameOf: asIs },
  ]);
  return { ...view, sources: declared.sources, notes };
}

/** The four numbers of lifetime models under names that say so: `age` alone would be taken for the customer's. */
function summaryName(name: string): string {
  return `summary${name[0].toUpperCase()}${name.slice(1)}`;
}

/** Both tables about purchases count orders, and agree. */
function velocityName(name: string): string | null {
  return name === "orderCount" ? null : name;
}

function usageName(name: string): string {
  return name === "activeDays" ? "usageActiveDays" : name;
}

function scoresOf(caller: string, rfm: FeatureTable, options: ScoreRfmOptions, notes: Note[]): FeatureTable {
  if (rfm.ids.length === 0) {
    notes.push({ code: "no-buyers", message: "Nobody has bought, so nobody has a score of recency, frequency or revenue." }); // prettier-ignore
    return { ids: [], names: ["recency", "frequency", "monetary", "rfm"], values: new Float64Array() };
  }
  const scored = asCalledBy(caller, "options.rfmScores", () => scoreRfm(rfm, options));
  for (const note of scored.notes) notes.push(note);
  return scored.scores;
}

/** Columns of several tables in one; every table has its customers in the order of the ids. */
function sideBySide(ids: readonly string[], parts: readonly Part[]): FeatureTable {
  const columns = parts.flatMap(({ table, nameOf, zero }, part) =>
    table.names.flatMap((name, from) => {
      const to = nameOf(name, from);
      return to === null ? [] : [{ part, from, name: to, absent: zero?.has(name) === true ? 0 : NaN, unit: unitOf(table, name) }]; // prettier-ignore
    }),
  );
  const width = columns.length;
  const values = new Float64Array(ids.length * width);
  parts.forEach(({ table }, part) => {
    const moved = columns.flatMap((column, to) => (column.part === part ? [{ ...column, to }] : []));
    const wide = table.names.length;
    let next = 0;
    for (let row = 0; row < ids.length; row++) {
      const known = next < table.ids.length && table.ids[next] === ids[row];
      for (const { from, to, absent } of moved) values[row * width + to] = known ? table.values[next * wide + from] : absent; // prettier-ignore
      if (known) next++;
    }
  });
  const units: Record<string, string> = {};
  for (const { name, unit } of columns) if (unit !== undefined) put(units, name, unit);
  return { ids: [...ids], names: columns.map(({ name }) => name), values, units };
}

function unitOf(table: FeatureTable, name: string): string | undefined {
  return entriesOf(table.units ?? {}).find(([key]) => key === name)?.[1];
}

/** Refuses attributes whose columns would be called like another one. */
function checkNames(caller: string, taken: readonly string[], declared: readonly string[]): void {
  const names = new Set(taken);
  for (const name of declared) {
    if (names.size < names.add(name).size) continue;
    refuse(caller, "invalid-value", "options.attributes", "named unlike columns of the view", "a name that is taken");
  }
}
