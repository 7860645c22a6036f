import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { replayRace, stepRace } from "./actions-triggers.ts";
import { isolationGrowth, isolationRace } from "./anomalies.ts";
import { attributionRace, logAttributionRace } from "./attribution.ts";
import { intlDaysRace, localDaysRace } from "./calendar.ts";
import { deduplicateRace, stitchRace } from "./cleaning.ts";
import { elbowRace, growth, kMeansRace, seedingRace, silhouetteRace } from "./clustering.ts";
import { dbscanRace, densityGrowth, hdbscanRace } from "./density.ts";
import { dictionaryRace } from "./dictionary.ts";
import { columnsRace } from "./events-10m.ts";
import { pathRace, sessionsRace } from "./events.ts";
import { gatesRace, manyTestsRace } from "./experiments.ts";
import { funnelRace } from "./funnel.ts";
import { chainRace, transitionsRace } from "./journeys.ts";
import { smallTreeRace, treeGrowth, treeRace } from "./hierarchical.ts";
import { installHeavyPeers } from "./heavy-peers.ts";
import { linearRace } from "./predictions-linear.ts";
import { lifetimeRace, smallLifetimeRace } from "./predictions-lifetime.ts";
import { logisticRace } from "./predictions-logistic.ts";
import { coxRace } from "./predictions-survival.ts";
import { arimaRace } from "./trends-arima.ts";
import { consentRace, pseudonymRace } from "./privacy.ts";
import { rfmHistoryRace, rfmOfLogRace, rfmRace, summaryRace } from "./purchases.ts";
import { startPython } from "./python.ts";
import { neighborsRace, pcaRace } from "./reduction.ts";
import { type Quality, type Race, type Row, run } from "./race.ts";
import { stlRace } from "./trends-stl.ts";
import { viewRace } from "./view.ts";

const { values: flags } = parseArgs({
  options: { python: { type: "boolean" }, only: { type: "string" }, help: { type: "boolean" } },
});
if (flags.help === true) {
  console.log("npm run bench -- [--python] [--only TEXT]   --python adds scikit-learn, numpy and pandas (Debian's)");
  process.exit(0);
}

const python = flags.python === true ? await startPython() : undefined;
if (typeof python === "string") {
  console.error(python);
  process.exit(2);
}
installHeavyPeers();

const races: Record<string, () => Race | Promise<Race>> = {
  "k-means 10k": () => kMeansRace(10_000, 8, 8, { sklearn: 2, mlKMeans: 10 }, python),
  "k-means 100k": () => kMeansRace(100_000, 8, 8, { sklearn: 1.5, mlKMeans: 10 }, python),
  "k-means 100k × 16": () => kMeansRace(100_000, 16, 16, { sklearn: 1.2, mlKMeans: 10 }, python),
  "k-means 1M": () => kMeansRace(1_000_000, 8, 8, { sklearn: 1.5, mlKMeans: 10 }, python),
  "k-means 1M × 16": () => kMeansRace(1_000_000, 16, 16, { sklearn: 1.2, mlKMeans: null }, python),
  "silhouette 10k": () => silhouetteRace(10_000, 5, python),
  "silhouette 20k": () => silhouetteRace(20_000, 5, python),
  "PCA 100k × 8": () => pcaRace(100_000, 8, python),
  "PCA 100k × 16": () => pcaRace(100_000, 16, python),
  "PCA 1M × 16": () => pcaRace(1_000_000, 16, python),
  "DBSCAN 10k × 2": () => dbscanRace(10_000, 2, { epsilon: 0.15, minPoints: 10 }, null, python),
  "DBSCAN 10k × 4": () => dbscanRace(10_000, 4, { epsilon: 0.4, minPoints: 10 }, null, python),
  "DBSCAN 100k × 2": () => dbscanRace(100_000, 2, { epsilon: 0.05, minPoints: 10 }, 7, python),
  "DBSCAN 100k × 4": () => dbscanRace(100_000, 4, { epsilon: 0.25, minPoints: 10 }, 4, python),
  "isolation forest 100k × 8": () => isolationRace(100_000, 8, python),
  "attribution 10k × 12": () => attributionRace(10_000, 12),
  "attribution of 1M events": () => logAttributionRace(1_000_000, 12),
  "tree: ward 500": () => smallTreeRace(),
  "HDBSCAN 100k × 2": () => hdbscanRace(100_000, 2),
  "HDBSCAN 100k × 4": () => hdbscanRace(100_000, 4),
  "dictionary 1M": () => dictionaryRace(1_000_000, 100_000, python),
  "dictionary 10M": () => dictionaryRace(10_000_000, 1_000_000, python),
  "events 10M: sessions": () => columnsRace("sessions", 10_000_000, 1_000_000, "codes"),
  "events 10M: RFM": () => columnsRace("RFM", 10_000_000, 1_000_000, "codes"),
  "events 10M: RFM, log ready": () => columnsRace("RFM, log ready", 10_000_000, 1_000_000, "codes"),
  "events 10M: both": () => columnsRace("sessions and RFM", 10_000_000, 1_000_000, "codes"),
  "events 10M: both from UTF-8": () => columnsRace("sessions and RFM", 10_000_000, 1_000_000, "utf8"),
  "sessions 1M": () => sessionsRace(1_000_000, 100_000, python),
  "cleaning: duplicates 1M": () => deduplicateRace(1_000_000, 100_000, python),
  "cleaning: identities 1M": () => stitchRace(1_000_000, 200_000, python),
  "privacy: pseudonyms 1M": () => pseudonymRace(1_000_000, python),
  "privacy: consent 1M": () => consentRace(1_000_000, 100_000, python),
  "journeys: transitions 1M": () => transitionsRace(1_000_000, 100_000, python),
  "journeys: chain of 1M paths": () => chainRace(1_000_000),
  "journeys: funnel 1M, first entry": () => funnelRace(1_000_000, 100_000, "first entry", python),
  "journeys: funnel 1M, best entry": () => funnelRace(1_000_000, 100_000, "best entry", python),
  "journeys: funnel 1M, strict": () => funnelRace(1_000_000, 100_000, "strict", python),
  "journeys: funnel 1M, any order": () => funnelRace(1_000_000, 100_000, "any order", python),
  "experiments: 10k tests": () => manyTestsRace(10_000, 0.1, python),
  "triggers: replay 1M, reminders": () => replayRace(1_000_000, 100_000, "reminders", 2),
  "triggers: replay 1M, every kind": () => replayRace(1_000_000, 100_000, "of every kind", 2),
  "triggers: live step, one reminder": () => stepRace(200_000, 100_000, "reminders", 1, 5),
  "triggers: live step, five reminders": () => stepRace(200_000, 100_000, "reminders", 5, 5),
  "triggers: live step, twenty reminders": () => stepRace(200_000, 100_000, "reminders", 20, 5),
  "triggers: live step, every kind": () => stepRace(50_000, 100_000, "of every kind", 20, 5),
  "calendar: local days 100k": () => intlDaysRace(100_000),
  "lifetime: BG/NBD 2,357": () => smallLifetimeRace(),
};
if (python !== undefined) {
  races["tree: ward 5k"] = () => treeRace("ward", 5000, 2, python);
  races["tree: ward 10k"] = () => treeRace("ward", 10_000, 2, python);
  races["tree: ward 20k"] = () => treeRace("ward", 20_000, 2, python);
  races["tree: complete 10k"] = () => treeRace("complete", 10_000, 1.5, python);
  races["tree: average 10k"] = () => treeRace("average", 10_000, 1.5, python);
  races["tree: single 10k"] = () => treeRace("single", 10_000, 1, python);
  races["linear 100k"] = () => linearRace(100_000, 20, 4, python);
  races["linear 1M"] = () => linearRace(1_000_000, 20, 5, python);
  races["lifetime: BG/NBD 100k"] = () => lifetimeRace(100_000, python);
  races["trends: STL 100 × 10k"] = () => stlRace(100, 10_000, false, 12, python);
  races["trends: STL robust 20 × 10k"] = () => stlRace(20, 10_000, true, 5, python);
  const airline = { order: [0, 1, 1], seasonal: { order: [0, 1, 1], period: 12 } } as const;
  races["ARIMA: airline 144"] = () => arimaRace(144, airline, 2, python);
  races["ARIMA: airline 1,000"] = () => arimaRace(1000, airline, 2, python);
  races["ARIMA: days 1,000"] = () =>
    arimaRace(1000, { order: [1, 0, 1], seasonal: { order: [0, 1, 1], period: 7 } }, 2, python);
  races["cox 100k"] = () => coxRace(100_000, 10, 5, python);
  races["logistic 100k"] = () => logisticRace(100_000, 20, 1.5, python);
  races["logistic 1M"] = () => logisticRace(1_000_000, 20, 2.5, python);
  races["neighbors 10k"] = () => neighborsRace(10_000, 8, python);
  races["k-means++ 1M"] = () => seedingRace(1_000_000, python);
  races["elbow 100k"] = () => elbowRace(100_000, python);
  races["purchases: RFM 10M"] = () => rfmRace(10_000_000, 1_000_000, python);
  races["purchases: RFM of a log 10M"] = () => rfmOfLogRace(10_000_000, 1_000_000, python);
  races["purchases: RFM history 1M"] = () => rfmHistoryRace(1_000_000, 100_000, python);
  races["purchases: summary 1M"] = () => summaryRace(1_000_000, 100_000, python);
  races["calendar: local days 1M"] = () => localDaysRace(1_000_000, python);
  races["customer view 1M"] = () => viewRace(1_000_000, 100_000, python);
  races["path 1M"] = () => pathRace(1_000_000, 100_000, python);
}

// Minutes of simulation: only when asked for.
if (flags.only?.includes("gates") === true) races["experiments: gates"] = () => gatesRace();

const machine = `${cpus()[0]?.model ?? "unknown"} × ${cpus().length}, Node ${process.versions.node}${python === undefined ? "" : `, ${python.versions}`}`;
console.log(machine);
if (loadavg()[0] > 0.3)
  console.log(`The machine is busy (load ${loadavg()[0].toFixed(2)}): read the ratios with care.`);
console.log("kernel | size | peer | ours s | theirs s | ratio (median) | gate | quality ours / theirs");

const rows: Row[] = [];
for (const [name, race] of Object.entries(races)) {
  if (flags.only !== undefined && !name.includes(flags.only)) continue;
  for (const row of await run(await race())) {
    rows.push(row);
    console.log(lineOf(row));
  }
}
python?.close();

if (flags.only === undefined) {
  for (const { kernel, ratio } of [...growth(), ...densityGrowth(), ...treeGrowth(), ...isolationGrowth()])
    console.log(`growth | ${kernel} | time(2n)/time(n) = ${ratio.toFixed(2)}`);
  const inOwnProcess = (file: string): string =>
    execFileSync(process.execPath, [
      "--expose-gc",
      ...["--import", "tsx", join(import.meta.dirname, file)],
    ], { env: { ...process.env, TSX_TSCONFIG_PATH: join(import.meta.dirname, "tsconfig.json") }, encoding: "utf8" }); // prettier-ignore
  console.log(`memory | whole path, 1 M events | ${inOwnProcess("memory.ts")}`);
  console.log(`memory | k-means, 1 M × 16 | ${inOwnProcess("memory-kmeans.ts")}`);
  writeFileSync(join(import.meta.dirname, "results.json"), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
}
const missed = rows.filter((row) => row.gate !== null && row.ratio < row.gate);
console.log(missed.length === 0 ? "Every gate is met." : `${missed.length} gate(s) missed.`);
process.exitCode = missed.length === 0 ? 0 : 1;

function lineOf(row: Row): string {
  const text = (quality: Quality): string =>
    Object.entries(quality)
      .map(([name, value]) => `${name} ${typeof value === "number" ? Number(value.toPrecision(9)) : value}`)
      .join(", ");
  return [
    row.kernel,
    row.size,
    row.peer,
    row.ours.toFixed(4),
    row.theirs.toFixed(4),
    `${row.ratio.toFixed(2)}× (${row.medianRatio.toFixed(2)})`,
    row.gate === null ? "–" : `${row.gate}× ${row.ratio >= row.gate ? "met" : "MISSED"}`,
    `${text(row.quality.ours)} / ${text(row.quality.theirs)}`,
  ].join(" | ");
}
