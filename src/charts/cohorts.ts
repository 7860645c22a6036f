import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { formatNumber, formatShare, percentOf } from "../core/numbers.ts";
import { readOptions } from "../core/options.ts";
import type { CohortReport } from "../features/cohorts.ts";
import { calendarOf } from "../tables/calendar.ts";
import { type Chart, chartOf, type ChartOptions, chartOptions, colorsOf, emptyChart, type Json } from "./chart.ts";
import { sequential } from "./colors.ts";

/** Rows and columns that have room for their numbers. */
const mostCohorts = 36;
const mostPeriods = 36;

/**
 * Draws which share of each cohort came back: a row per cohort, a column per period after the first, darker = more. Cells that
 * cannot be known yet are empty.
 *
 * @param report - what `deriveCohorts` returned.
 * @param options - title and size; `colors` are the ramp from 0 to 100 %.
 * @returns a Vega-Lite spec of bounded size: the last 36 cohorts and the first 36 periods.
 * @throws {ClienteleError} `shape-mismatch` for what is no such report; `invalid-value` for a count that is none.
 * @example
 * const cohorts = [{ start: Date.UTC(2024, 0, 1), size: 40, retained: [40, 10] }, { start: Date.UTC(2024, 1, 1), size: 20, retained: [20, null] }];
 * chartCohorts({ period: "month", mode: "recurring", timeZone: "UTC", cohorts })["description"];
 * // "Who comes back: 60 customers in 2 cohorts by month; after one month 25.0 % came back."
 */
export function chartCohorts(report: CohortReport, options?: ChartOptions): Chart {
  const caller = "chartCohorts";
  const { title: given, width, height, colors } = readOptions(caller, chartOptions, options);
  checkReport(caller, report);
  const { period, mode, timeZone } = report;
  const title = "Who comes back";
  const shown = report.cohorts.slice(-mostCohorts);
  const columns = Math.min(mostPeriods, shown.reduce((most, { retained }) => Math.max(most, retained.length), 0)); // prettier-ignore
  const nameOf = dateNamer(timeZone, period);
  const table = {
    columns: [`Began in the ${period} of`, "Customers", ...Array.from({ length: Math.max(0, columns - 1) }, (_, k) => `After ${k + 1} (%)`)], // prettier-ignore
    rows: shown.map(({ start, size, retained }) => [nameOf(start), size, ...Array.from({ length: Math.max(0, columns - 1) }, (_, k) => percentAt(retained[k + 1], size))]), // prettier-ignore
  };
  if (shown.length === 0) return emptyChart(title, "There are no cohorts.", table, given);
  const values = shown.flatMap(({ start, size, retained }) =>
    Array.from({ length: columns }, (_, k): Json => {
      const share = size > 0 && typeof retained[k] === "number" ? retained[k] / size : null;
      return { cohort: `${nameOf(start)} (${formatNumber(size)})`, after: k, share, label: share === null ? "" : `${Math.round(100 * share)}` }; // prettier-ignore
    }),
  );
  const wide = width ?? Math.max(24, Math.min(44, 640 / columns)) * columns;
  const high = height ?? 24 * shown.length;
  const ramp = colorsOf(colors, [...sequential].reverse());
  const rows = shown.map(({ start, size }) => `${nameOf(start)} (${formatNumber(size)})`);
  const x: Json = { field: "after", type: "ordinal", title: `${period}s after the first`, axis: { orient: "top", labelAngle: 0, ticks: false, domain: false } }; // prettier-ignore
  const y: Json = { field: "cohort", type: "nominal", title: null, scale: { domain: rows }, axis: { ticks: false, domain: false, labelLimit: 200 } }; // prettier-ignore
  const known = { filter: "datum.share !== null" };
  const layer = [
    {
      transform: [known],
      mark: { type: "rect" },
      encoding: { x, y, color: { field: "share", type: "quantitative", title: "Came back", scale: { domain: [0, 1], range: ramp }, legend: { format: ".0%" } } }, // prettier-ignore
    },
    ...(wide / columns >= 20 && high / shown.length >= 13
      ? [
          {
            transform: [known],
            mark: { type: "text", fontSize: 11 },
            encoding: { x, y, text: { field: "label", type: "nominal" }, color: { condition: { test: "datum.share > 0.55", value: "#ffffff" }, value: "#1a1a1a" } }, // prettier-ignore
          },
        ]
      : []),
  ];
  const left = report.cohorts.length - shown.length;
  const what = mode === "recurring" ? "Percent active in the period" : "Percent active in the period or later";
  const subtitle = `${what}${left > 0 ? `; the last ${mostCohorts} of ${formatNumber(report.cohorts.length)} cohorts` : ""}`;
  const body = { width: wide, height: high, data: { values }, layer };
  return chartOf({ title, subtitle, description: describe(report), table, body }, given);
}

function percentAt(count: number | null | undefined, size: number): number | null {
  return typeof count === "number" && size > 0 ? percentOf(count / size) : null;
}

/** The local date on which a period begins; months without their day. */
function dateNamer(timeZone: string, period: CohortReport["period"]): (start: number) => string {
  const calendar = calendarOf(timeZone);
  return (start) => new Date(calendar.localOf(start)).toISOString().slice(0, period === "month" ? 7 : 10);
}

function describe({ cohorts, period }: CohortReport): string {
  const customers = cohorts.reduce((sum, { size }) => sum + size, 0);
  const seen = cohorts.filter(({ retained }) => typeof retained[1] === "number");
  const began = seen.reduce((sum, { size }) => sum + size, 0);
  const back = seen.reduce((sum, { retained }) => sum + (retained[1] ?? 0), 0);
  const head = `${formatNumber(customers)} customers in ${formatNumber(cohorts.length)} cohort${cohorts.length === 1 ? "" : "s"} by ${period}`;
  return began === 0 ? `${head}.` : `${head}; after one ${period} ${formatShare(back / began)} came back.`;
}

function checkReport(caller: string, report: CohortReport): void {
  const given: Partial<CohortReport> | null | undefined = report;
  if (
    !isList(given?.cohorts) ||
    typeof given.timeZone !== "string" ||
    !["day", "week", "month"].includes(String(given.period))
  ) {
    refuse(caller, "shape-mismatch", "report", "cohorts with their period and time zone", describeValue(report));
  }
  report.cohorts.forEach((cohort, c) => {
    const { start, size, retained } = (cohort ?? {}) as Partial<typeof cohort>;
    const path = `report.cohorts[${c}]`;
    if (!(Number.isFinite(start) && Math.abs(Number(start)) <= 8.64e15)) {
      refuse(caller, "invalid-value", `${path}.start`, "epoch milliseconds", describeValue(start));
    }
    if (!(Number.isSafeInteger(size) && Number(size) >= 0)) {
      refuse(caller, "invalid-value", `${path}.size`, "a whole number", describeCell(size));
    }
    if (!isList(retained)) refuse(caller, "shape-mismatch", `${path}.retained`, "a list", describeValue(retained));
    Array.from(retained).forEach((count, k) => {
      if (count === null || (typeof count === "number" && count >= 0 && count <= Number(size))) return;
      refuse(caller, "invalid-value", `${path}.retained[${k}]`, "null or a count up to the size", describeCell(count));
    });
  });
}
