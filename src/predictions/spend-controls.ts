import { describeValue, refuse } from "../core/errors.ts";
import { isRecord } from "../core/dictionary.ts";
import { custom, flag, integer, type OptionSpec } from "../core/options.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";

/** What else moves sales, beside spend. */
export interface SpendControls {
  /** Features of the same periods: prices, holidays, a competitor's spend. */
  readonly controls?: FeatureTable | undefined;
  /** How many earlier periods of each control enter too; before the first period it is taken to have been as in it. Default 0. */
  readonly controlLags?: number | undefined;
  /** Whether sales rise or fall in a straight line by themselves. Default false. */
  readonly trend?: boolean | undefined;
  /** Length of a season: 4 for quarters, 7 for days of the week, 12 for months. Each period of it gets a level of its own. */
  readonly seasonPeriods?: number | undefined;
}

/** Rows of option tables. */
export const controlSpecs: {
  readonly controls: OptionSpec<FeatureTable>;
  readonly controlLags: OptionSpec<number>;
  readonly trend: OptionSpec<boolean>;
  readonly seasonPeriods: OptionSpec<number>;
} = {
  controls: custom("a feature table", isRecord, [null, 1, "table", []], { optional: true }),
  controlLags: integer({ min: 0, max: 100, default: 0 }),
  trend: flag({ default: false }),
  seasonPeriods: integer({ min: 2, max: 400, optional: true }),
};

/** Columns beside spend. */
export interface ControlColumns {
  /** One name per column. */
  readonly names: string[];
  /** Row-major, one row per period. */
  readonly values: Float64Array;
}

/**
 * Puts the columns beside spend together: controls with their lags, the trend, the seasons but the first.
 *
 * @param caller - the public function.
 * @param options - which columns.
 * @param periods - number of rows.
 * @returns names and values.
 */
export function controlColumns(caller: string, options: SpendControls, periods: number): ControlColumns {
  const { controls, controlLags = 0, trend = false, seasonPeriods } = options;
  const columns: { readonly name: string; readonly at: (period: number) => number }[] = [];
  if (controls !== undefined) {
    checkTable(caller, controls, "options.controls");
    if (controls.ids.length !== periods) {
      refuse(
        caller,
        "shape-mismatch",
        "options.controls",
        `${periods} rows, one per period`,
        String(controls.ids.length),
      );
    }
    checkFinite(caller, controls, "options.controls");
    const { names, values } = controls;
    names.forEach((name, j) => {
      for (let lag = 0; lag <= controlLags; lag++) {
        columns.push({
          name: lag === 0 ? name : `${name} (${lag} before)`,
          at: (period) => values[Math.max(0, period - lag) * names.length + j],
        });
      }
    });
  }
  if (trend) columns.push({ name: "trend", at: (period) => period });
  if (seasonPeriods !== undefined) {
    for (let season = 1; season < seasonPeriods; season++) {
      columns.push({ name: `season ${season + 1}`, at: (period) => (period % seasonPeriods === season ? 1 : 0) });
    }
  }
  const values = new Float64Array(periods * columns.length);
  columns.forEach(({ at }, j) => {
    for (let period = 0; period < periods; period++) values[period * columns.length + j] = at(period);
  });
  return { names: columns.map(({ name }) => name), values };
}

/** Refuses a table of spend with a cell that is missing or below 0. */
export function checkSpend(caller: string, spend: FeatureTable): void {
  checkTable(caller, spend, "spend");
  checkFinite(caller, spend, "spend");
  const negative = spend.values.findIndex((value) => value < 0);
  if (negative < 0) return;
  const width = spend.names.length;
  const path = `spend.values[${Math.floor(negative / width)}, ${negative % width}]`;
  refuse(caller, "invalid-value", path, "at least 0", describeValue(spend.values[negative]));
}
