// Run by run.ts in a process of its own: how much memory the whole path takes above its input.
import { readEvents, sessionize } from "clientele/events";
import { deriveActivity, deriveRfm, fitZScore, scoreRfm, transformScale } from "clientele/features";
import { assignKMeans, fitKMeans, measureSilhouette, profileSegments } from "clientele/segments";
import { joinFeatures } from "clientele/tables";
import { eventColumns } from "./data.ts";
import { eventRows } from "./events.ts";

const asOf = Date.UTC(2025, 3, 2);
const events = eventRows(eventColumns(1_000_000, 100_000));
const collect = globalThis.gc ?? ((): void => undefined);
const used = (): number => {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const before = used();
let peak = 0;
// Retained memory after each step: what the path holds on to, garbage not counted.
const step = <T>(result: T): T => {
  peak = Math.max(peak, used() - before);
  return result;
};
const { log } = step(readEvents(events, { customer: "customer", type: "type", time: "time", value: "value" }));
const sessions = step(sessionize(log));
const rfm = step(deriveRfm(log, { asOf, purchase: "purchase" }));
const scores = step(scoreRfm(rfm));
const activity = step(deriveActivity(log, { asOf, sessions }));
const features = step(joinFeatures([rfm, activity], { how: "inner" }));
const scaled = step(transformScale(fitZScore(features), features));
const model = step(fitKMeans(scaled, { k: 5, seed: 7 }));
const labels = step(assignKMeans(model, scaled));
const silhouette = step(measureSilhouette(scaled, labels, { sample: 5000 }));
const profile = step(profileSegments(features, labels));

const peakResident = process.resourceUsage().maxRSS * 1024;
process.stdout.write(
  JSON.stringify({
    inputMegabytes: Math.round(before / 1e6),
    retainedMegabytes: Math.round(peak / 1e6),
    peakResidentMegabytes: Math.round(peakResident / 1e6),
    customers: scores.scores.ids.length,
    silhouette: silhouette.mean,
    segments: profile.segments.length,
  }),
);
