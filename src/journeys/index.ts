export { measureAbsorption, type AbsorptionReport, type MeasureAbsorptionOptions } from "./absorption.ts";
export type {
  AttributionMethod,
  AttributionMethodOptions,
  ChannelCredit,
  PathAttributionReport,
} from "./attribution-report.ts";
export { measureAttribution } from "./attribution.ts";
export type { AttributionReport, MeasureAttributionOptions } from "./attribution.ts";
export { measureCommonPoints } from "./common-points.ts";
export type { CommonPoint, CommonPointsReport, MeasureCommonPointsOptions } from "./common-points.ts";
export {
  compareJourneys,
  type CompareJourneysOptions,
  type ComparedJourneys,
  type JourneyComparison,
  type JourneyDifference,
} from "./compare-journeys.ts";
export type { CountTables, TransitionEdge } from "./count-tables.ts";
export type { CreditOptions, CreditRule } from "./credit.ts";
export { measureDropOff } from "./drop-off.ts";
export type { DropOffEvent, DropOffPoint, DropOffReport, MeasureDropOffOptions } from "./drop-off.ts";
export type { StumblingBlock } from "./friction.ts";
export type { FunnelDefinition, FunnelExclusion, FunnelStepEvents } from "./funnel-plan.ts";
export type { FunnelStep } from "./funnel-steps.ts";
export { measureFunnel } from "./funnel.ts";
export type { FunnelGroups, FunnelPart, FunnelReport, MeasureFunnelOptions } from "./funnel.ts";
export { measureMarkers } from "./markers.ts";
export type { Marker, MarkersReport, MeasureMarkersOptions } from "./markers.ts";
export {
  chooseMarkovOrder,
  type ChooseMarkovOrderOptions,
  type MarkovOrderPoint,
  type MarkovOrderReport,
} from "./markov-order.ts";
export { fitMarkov, type FitMarkovOptions, type MarkovModel } from "./markov.ts";
export { matchPaths } from "./match-paths.ts";
export type { MatchPathsOptions, PathMatches } from "./match-paths.ts";
export { measurePaths } from "./measure-paths.ts";
export type { FrequentSequence, MeasurePathsOptions, PathVariant, PathsReport } from "./measure-paths.ts";
export { measurePathAttribution } from "./path-attribution.ts";
export type { CountedPath, MeasurePathAttributionOptions } from "./path-attribution.ts";
export { type PathOptions } from "./paths.ts";
export { sankeyOf, type Sankey, type SankeyLink, type SankeyNode } from "./sankey.ts";
export { scorePaths, type ScorePathsOptions } from "./score-paths.ts";
export { measureSegmentJourneys } from "./segment-journeys.ts";
export type {
  MeasureSegmentJourneysOptions,
  SegmentJourneys,
  SegmentJourneysReport,
  TypicalPath,
} from "./segment-journeys.ts";
export { simulatePaths, type SimulatePathsOptions, type SimulatedPaths } from "./simulate-paths.ts";
export { measureStationary, type MeasureStationaryOptions, type StationaryReport } from "./stationary.ts";
export {
  measureStepMatrix,
  type MeasureStepMatrixOptions,
  type StepFlow,
  type StepGoal,
  type StepMatrix,
} from "./step-matrix.ts";
export type { TouchOptions, Unattributed } from "./touch-paths.ts";
export { transitionCounts, type TransitionCountsState, type TransitionStep } from "./transition-counts.ts";
export type { PathEnds } from "./transition-counts.ts";
export { graphOf } from "./transition-graph.ts";
export type {
  EdgeWeight,
  GraphFacts,
  GraphLink,
  GraphNode,
  GraphOptions,
  GraphSource,
  GraphologyGraph,
  NodeLinkGraph,
  TransitionGraphs,
} from "./transition-graph.ts";
export {
  countTransitions,
  type CountTransitionsOptions,
  type Transition,
  type TransitionCounts,
  type TransitionTable,
} from "./transitions.ts";
