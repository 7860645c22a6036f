import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** What the benchmarks call of the peers in benchmarks/peers/package.json; several of them have no types of their own. */
interface HeavyPeers {
  skmeans: (
    points: number[][],
    k: number,
    start: number[][],
    iterations: number,
  ) => { it: number; centroids: number[][] };
  "simple-statistics": { silhouette(points: number[][], labels: number[]): number[] };
  arquero: {
    table(columns: Record<string, ArrayLike<unknown>>): ArqueroTable;
    op: { lag(column: unknown, offset: number, otherwise: number): number; sum(column: unknown): number };
    rolling(expression: unknown): unknown;
  };
  "nodejs-polars": {
    DataFrame(columns: Record<string, ArrayLike<unknown>>): PolarsFrame;
    col(name: string): PolarsExpression;
  };
  "@duckdb/node-api": {
    DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<DuckConnection> }> };
  };
}

/** The verbs of polars that the benchmarks chain. */
export interface PolarsFrame {
  select(...columns: unknown[]): PolarsFrame;
  sort(columns: string[]): PolarsFrame;
  filter(expression: PolarsExpression): PolarsFrame;
  groupBy(...columns: string[]): { agg(...expressions: PolarsExpression[]): PolarsFrame };
  getColumn(name: string): { max(): unknown; sum(): unknown; toArray(): unknown[] };
  readonly height: number;
}

/** The operators of polars' expressions that the benchmarks use. */
export interface PolarsExpression {
  neq(other: PolarsExpression): PolarsExpression;
  eq(other: number | PolarsExpression): PolarsExpression;
  gt(other: number): PolarsExpression;
  minus(other: PolarsExpression): PolarsExpression;
  or(other: PolarsExpression): PolarsExpression;
  shift(rows: number): PolarsExpression;
  fillNull(value: boolean): PolarsExpression;
  cumSum(): PolarsExpression;
  max(): PolarsExpression;
  sum(): PolarsExpression;
  count(): PolarsExpression;
  alias(name: string): PolarsExpression;
}

/** The verbs of arquero that the benchmarks chain. */
export interface ArqueroTable {
  groupby(...columns: string[]): ArqueroTable;
  orderby(...columns: string[]): ArqueroTable;
  derive(columns: Record<string, unknown>): ArqueroTable;
  ungroup(): ArqueroTable;
  reify(): ArqueroTable;
  rollup(columns: Record<string, unknown>): ArqueroTable;
  get(column: string, row: number): number;
}

/** The part of a DuckDB connection that the benchmarks use. */
export interface DuckConnection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
  createAppender(table: string): Promise<DuckAppender>;
}

/** Row-wise writer of a DuckDB table. */
export interface DuckAppender {
  appendInteger(value: number): void;
  appendDouble(value: number): void;
  appendVarchar(value: string): void;
  endRow(): void;
  closeSync(): void;
}

const folder = join(import.meta.dirname, "peers");

/** Installs the heavy peers in a folder of their own on the first run. */
export function installHeavyPeers(): void {
  if (existsSync(join(folder, "node_modules"))) return;
  const install = ["install", "--no-audit", "--no-fund", "--prefix", folder];
  execFileSync("npm", install, { stdio: "inherit" });
  // Asks for Node 22 but runs on 20; as an optional dependency npm would leave it out without a word.
  const polars = "nodejs-polars-linux-x64-gnu@0.26.1";
  if (process.platform === "linux" && process.arch === "x64") {
    execFileSync("npm", [...install, "--no-save", polars], { stdio: "inherit" });
  }
}

/** Loads a peer from the folder of the heavy peers. */
export async function heavyPeer<N extends keyof HeavyPeers>(name: N): Promise<HeavyPeers[N]> {
  const require = createRequire(join(folder, "package.json"));
  const loaded = (await import(pathToFileURL(require.resolve(name)).href)) as { default?: unknown } & Record<
    string,
    unknown
  >;
  return (
    typeof loaded.default === "function" || Object.keys(loaded).length === 1 ? loaded.default : loaded
  ) as HeavyPeers[N];
}
