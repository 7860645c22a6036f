import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { formatShare, percentOf } from "../core/numbers.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import type { ReclusteringPlan } from "./plan-reclustering.ts";
import type { SegmentHealthReport } from "./segment-health.ts";
import type { Alert, AlertSeverity, AlertStep } from "./step-alerts.ts";

/** A part of a page: what `renderReport` takes as a section. */
export interface MonitoringSection {
  /** Its heading. */
  readonly title: string;
  /** What to know, in sentences. */
  readonly text: string;
  /** The figures behind it. */
  readonly table?: {
    /** Names of the columns. */
    readonly columns: readonly string[];
    /** One cell per column. */
    readonly rows: readonly (readonly (string | number | null)[])[];
  };
}

/** A report of `measureDrift`, as far as it is shown. */
export interface MonitoredDrift {
  /** Whether the table has drifted as a whole. */
  readonly drifted: boolean;
  /** Share of the features that have drifted. */
  readonly share: number;
  /** One entry per feature. */
  readonly features: readonly {
    /** Its name. */
    readonly feature: string;
    /** How much has changed. */
    readonly effectSize: number;
    /** How likely so much is by chance. */
    readonly pValue: number;
    /** Whether it counts as drifted. */
    readonly drifted: boolean;
  }[];
}

/** What is known, each part if there is one. */
export interface MonitoringParts {
  /** Of {@link measureSegmentHealth}. */
  readonly health?: SegmentHealthReport | undefined;
  /** Of {@link stepAlerts}. */
  readonly alerts?: AlertStep | undefined;
  /** Of `measureDrift`. */
  readonly drift?: MonitoredDrift | undefined;
  /** Of {@link planReclustering}. */
  readonly plan?: ReclusteringPlan | undefined;
}

/** The state of the segments on a page. Result of {@link measureMonitoring}. */
export interface MonitoringReport {
  /** The worst of what was found. */
  readonly severity: AlertSeverity;
  /** What to do first, one sentence each; empty when all is as usual. */
  readonly actions: readonly string[];
  /** For `renderReport`, in the order of urgency. */
  readonly sections: readonly MonitoringSection[];
}

const part = (expected: string, list: string | null) =>
  custom<never>(expected, (value) => isRecord(value) && (list === null || Array.isArray(value[list])), [null, 1, "a", []], { optional: true }); // prettier-ignore

/** Option table of the parts of {@link measureMonitoring}. */
export const measureMonitoringParts: OptionTable<MonitoringParts, keyof MonitoringParts> = {
  health: part("a report of measureSegmentHealth", "findings"),
  alerts: part("a result of stepAlerts", "alerts"),
  drift: part("a report of measureDrift", "features"),
  plan: part("a plan of planReclustering", "reasons"),
};

/**
 * Joins what the monitoring of segments found into the sections of a page: alerts, how each segment is, which metrics are not as
 * usual, what drifted, and whether to group anew. For the mail on Monday morning.
 *
 * @param parts - see {@link MonitoringParts}; a part that is absent has no section.
 * @returns sections for `renderReport`, what to do first, and the worst severity.
 * @throws {ClienteleError} `invalid-option` for a part that is none; `unknown-option`. Cost: a sort of the findings.
 * @example
 * const plan = planReclustering({ lastRun: null, everyDays: 7 }, { now: 0 });
 * const page = measureMonitoring({ plan });
 * page.actions; // ["Group the customers anew (never-run)."]
 * page.sections.map(({ title }) => title); // ["Grouping anew"]
 */
export function measureMonitoring(parts: MonitoringParts): MonitoringReport {
  const caller = "measureMonitoring";
  if (!isRecord(parts)) refuse(caller, "invalid-option", "options", "an object", describeValue(parts));
  const { health, alerts, drift, plan } = readOptions(caller, measureMonitoringParts, parts);
  const sections: MonitoringSection[] = [];
  const actions: string[] = [];
  if (alerts !== undefined) {
    const urgent = alerts.alerts.filter(({ severity }) => severity === "high").length;
    if (urgent > 0) actions.push(`Look into ${countOf(urgent, "high alert")}.`);
    sections.push(alertSection(alerts));
  }
  if (health !== undefined) sections.push(segmentSection(health), metricSection(health));
  if (drift !== undefined) sections.push(driftSection(drift));
  if (plan !== undefined) {
    if (plan.gate?.decision === "replace") actions.push("Replace the segments by the new grouping.");
    else if (plan.due) actions.push(`Group the customers anew (${plan.reasons.join(", ")}).`);
    sections.push(planSection(plan));
  }
  const severities = [...(alerts?.alerts ?? []), ...(health?.segments ?? [])].map(({ severity }) => severity);
  const severity = severities.includes("high") ? "high" : severities.includes("low") ? "low" : "none";
  return { severity, actions, sections };
}

const mostRows = 50;
const ranks = { none: 0, low: 1, high: 2 } as const;
const words = { none: "as usual", low: "changed", high: "changed much" } as const;

function alertSection({ alerts, suppressed }: AlertStep): MonitoringSection {
  const silent = suppressed["cool-down"];
  const text = `${countOf(alerts.length, "alert")}${silent > 0 ? `; ${countOf(silent, "finding")} told before and still there` : ""}.`; // prettier-ignore
  if (alerts.length === 0) return { title: "Alerts", text };
  const columns = ["segment", "metric", "before", "now", "what", "severity", "since"];
  const rows = worstFirst(alerts).map(({ segment, metric, from, to, kind, severity, since }: Alert) => [segment, metric, from, to, kind, severity, timeOf(since)]); // prettier-ignore
  return { title: "Alerts", text: text + leftOut(alerts.length), table: { columns, rows } };
}

function segmentSection({ segments, time, appeared, vanished }: SegmentHealthReport): MonitoringSection {
  const ill = segments.filter(({ severity }) => severity !== "none").length;
  const text = [
    `${countOf(segments.length, "segment")} on ${timeOf(time)}: ${ill === 0 ? "all as usual" : `${ill} not as usual`}.`,
    appeared.length > 0 ? ` New: ${appeared.join(", ")}.` : "",
    vanished.length > 0 ? ` Gone: ${vanished.join(", ")}.` : "",
  ].join("");
  const rows = segments.map(({ segment, size, share, severity }) => [segment, size, percentOf(share), words[severity]]);
  return { title: "Segments", text, table: { columns: ["segment", "customers", "share in %", "condition"], rows } };
}

function metricSection({ findings, unjudged }: SegmentHealthReport): MonitoringSection {
  const unusual = findings.filter(({ severity }) => severity !== "none");
  const title = "Metrics that are not as usual";
  const text = `${unusual.length} of ${countOf(findings.length, "metric")}${unjudged.length > 0 ? `; ${unjudged.length} could not be judged` : ""}.`; // prettier-ignore
  if (unusual.length === 0) return { title, text };
  const columns = ["segment", "metric", "mean of the past", "now", "usual from", "usual to", "condition"];
  const rows = worstFirst(unusual).map(({ segment, metric, from, to, severity, evidence }) => [segment, metric, from, to, evidence.lower, evidence.upper, words[severity]]); // prettier-ignore
  return { title, text: text + leftOut(unusual.length), table: { columns, rows } };
}

function driftSection({ drifted, share, features }: MonitoredDrift): MonitoringSection {
  const text = `${drifted ? "Customers have drifted" : "Customers have not drifted"}: ${formatShare(share)} of the features did.`;
  const rows = features.slice(0, mostRows).map((one) => [one.feature, one.effectSize, one.pValue, one.drifted ? "drifted" : "as before"]); // prettier-ignore
  if (rows.length === 0) return { title: "Drift", text };
  return { title: "Drift", text: text + leftOut(features.length), table: { columns: ["feature", "effect size", "p-value", "verdict"], rows } }; // prettier-ignore
}

function planSection({ due, reasons, nextRun, gate }: ReclusteringPlan): MonitoringSection {
  const next = nextRun === null ? "" : ` Scheduled for ${timeOf(nextRun)}.`;
  const when = `${due ? `A run is due: ${reasons.join(", ")}.` : "No run is due."}${next}`;
  if (gate === null) return { title: "Grouping anew", text: when };
  const verdict = gate.decision === "replace" ? "The new grouping passed every check." : `The segments stay: ${gate.reasons.join(", ")}.`; // prettier-ignore
  const rows = gate.checks.map(({ criterion, value, limit, passed }) => [criterion, value, limit, passed === null ? "not measured" : passed ? "passed" : "failed"]); // prettier-ignore
  return {
    title: "Grouping anew",
    text: `${when}\n\n${verdict}`,
    table: { columns: ["check", "figure", "limit", "result"], rows },
  };
}

function worstFirst<T extends { readonly severity: AlertSeverity }>(items: readonly T[]): T[] {
  return items.toSorted((a, b) => ranks[b.severity] - ranks[a.severity]).slice(0, mostRows);
}

function leftOut(count: number): string {
  return count > mostRows ? ` The first ${mostRows} are shown.` : "";
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function timeOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
