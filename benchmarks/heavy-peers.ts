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
  "@duckdb/node-api": {
    DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<DuckConnection> }> };
  };
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
  endRow(): void;
  closeSync(): void;
}

const folder = join(import.meta.dirname, "peers");

/** Installs the heavy peers in a folder of their own on the first run. */
export function installHeavyPeers(): void {
  if (existsSync(join(folder, "node_modules"))) return;
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--prefix", folder], { stdio: "inherit" });
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
