// Every room that needs no optional peer and no engine; `clientele/report` and `clientele/adapters` are imported by name.
export * from "./actions/index.ts";
export * from "./anomalies/index.ts";
export * from "./charts/index.ts";
export * from "./core/index.ts";
export * from "./events/index.ts";
export * from "./experiments/index.ts";
export * from "./features/index.ts";
export * from "./journeys/index.ts";
export * from "./numeric/index.ts";
export * from "./predictions/index.ts";
export * from "./segments/index.ts";
export * from "./simulate/index.ts";
export * from "./tables/index.ts";
export * from "./trends/index.ts";
