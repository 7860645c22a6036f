import { refuse } from "../core/errors.ts";
import { formatNumber, formatShare, percentOf } from "../core/numbers.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { checkMigration, type MigrationReport } from "../segments/migration.ts";
import {
  type Chart,
  chartOf,
  type ChartOptions,
  chartOptions,
  type ChartTable,
  colorsOf,
  emptyChart,
} from "./chart.ts";
import { categories, sequential } from "./colors.ts";
import { flowsOf, foldSegments, type Moves, readMoves, sum } from "./moves.ts";
import { matrixBody, mostMatrixSegments } from "./migration-matrix.ts";
import { mostRibbonSegments, sankeyBody } from "./migration-sankey.ts";

/** Options of {@link chartMigration}. */
export interface ChartMigrationOptions extends ChartOptions {
  /**
   * `"sankey"` (default): ribbons from the segments before to those after, as thick as customers took them. `"matrix"`:
   * one cell per pair of segments, colored by the share of those still there.
   */
  readonly form?: "sankey" | "matrix" | undefined;
}

/** Option table of {@link chartMigration}. */
export const chartMigrationOptions: OptionTable<ChartMigrationOptions, "title" | "width" | "height" | "colors"> = {
  ...chartOptions,
  form: oneOf(["sankey", "matrix"], { default: "sankey" }),
};

/**
 * Draws who moved from which segment to which between two dates, who came and who left.
 *
 * The Sankey form shows where the crowds go: nodes and ribbons as high as customers are many, entries and exits as nodes
 * of their own. The matrix shows every pair of segments: the share of those still there as color, counts as text, entries
 * as an extra row and exits as an extra column, both without color because they are no such shares.
 *
 * @param report - what `measureMigration` returned.
 * @param options - title, size and form; `colors` are taken in turn by the segments of a Sankey, and run from 0 to 100 %
 * in a matrix.
 * @returns a Vega-Lite spec of bounded size: a Sankey has the 12 largest segments and the 60 largest flows, a matrix the 30
 * largest segments; smaller ones are drawn together as one. What is not drawn is counted below the title, and the table
 * has every flow of every segment.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report.
 * @example
 * const moves = measureMigration(labelsOf([0, 0, 0, 0, 1, -1]), labelsOf([0, 0, 1, -1, 1, 1]), { names: ["active", "lost"] });
 * chartMigration(moves)["description"]; // "Who moved where: 1 of 4 customers who were and are still there changed segment, 1 entered, 1 left; the largest move is from active to lost, 1 customer."
 * @see Riehmann, Hanfler & Froehlich (2005), "Interactive Sankey diagrams", for ribbons as thick as flows.
 */
export function chartMigration(report: MigrationReport, options?: ChartMigrationOptions): Chart {
  const caller = "chartMigration";
  const { title: given, width, height, colors, form } = readOptions(caller, chartMigrationOptions, options);
  checkMigration(caller, report);
  const all = readMoves(report);
  const title = "Who moved where";
  const table = tableOf(all);
  if (!Number.isFinite(all.total))
    refuse(caller, "too-large", "report.counts", "counts with a finite sum", "larger ones");
  if (all.total === 0) return emptyChart(title, "Nobody was in a segment.", table, given);
  const most = form === "matrix" ? mostMatrixSegments : mostRibbonSegments;
  const moves = foldSegments(all, most);
  const { body, notes } =
    form === "matrix"
      ? matrixBody(moves, { width, height, ramp: colorsOf(colors, sequential) })
      : sankeyBody(moves, { width, height, palette: colorsOf(colors, categories) });
  const parts = [...notes];
  if (all.names.length > moves.names.length) parts.push(`the ${most} largest of ${all.names.length} segments, the others as one`); // prettier-ignore
  if (report.outside > 0) parts.push(`in no segment at either date: ${formatNumber(report.outside)}`);
  return chartOf({ title, subtitle: parts.join("; "), description: describe(all), table, body }, given);
}

/** Every flow that somebody took, also those that are too many to draw. */
function tableOf(moves: Moves): ChartTable {
  const rows = flowsOf(moves).map(({ from, to, count }) => {
    const staying = from === moves.names.length || to === moves.names.length ? 0 : sum(moves.counts[from]);
    return [
      moves.names[from] ?? moves.entry,
      moves.names[to] ?? moves.exit,
      count,
      staying === 0 ? null : percentOf(count / staying),
    ];
  });
  return { columns: ["From", "To", "Customers", "Share of From's customers who are still there (%)"], rows };
}

function describe(moves: Moves): string {
  const segments = moves.names.length;
  const inside = flowsOf(moves).filter(({ from, to }) => from < segments && to < segments);
  const changes = inside.filter(({ from, to }) => from !== to);
  const [there, moved] = [inside, changes].map((flows) => sum(flows.map(({ count }) => count)));
  const text =
    `${formatNumber(moved)} of ${formatNumber(there)} customers who were and are still there changed segment, ` +
    `${formatNumber(sum(moves.entered))} entered, ${formatNumber(sum(moves.left))} left`;
  if (changes.length === 0) return `${text}.`;
  const largest = changes.reduce((best, flow) => (flow.count > best.count ? flow : best));
  const customers = largest.count === 1 ? "1 customer" : `${formatNumber(largest.count)} customers`;
  const rate = formatShare(largest.count / sum(moves.counts[largest.from]));
  const share = largest.count === 1 ? "" : ` (${rate} of those still there)`;
  const [from, to] = [moves.names[largest.from], moves.names[largest.to]];
  return `${text}; the largest move is from ${from} to ${to}, ${customers}${share}.`;
}
