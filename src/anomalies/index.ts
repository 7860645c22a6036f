export { explainAnomaly } from "./explain-anomaly.ts";
export { fitIsolationForest, scoreIsolationForest } from "./isolation-forest.ts";
export type { FitIsolationForestOptions, IsolationForestModel } from "./isolation-forest.ts";
export { labelAnomalies, labelNoise } from "./label-anomalies.ts";
export type { LabelAnomaliesOptions } from "./label-anomalies.ts";
export { scoreRobustZ } from "./robust-z.ts";
