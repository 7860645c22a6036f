export { type PathOptions } from "./paths.ts";
export { transitionCounts, type TransitionCountsState, type TransitionStep } from "./transition-counts.ts";
export {
  countTransitions,
  type CountTransitionsOptions,
  type Transition,
  type TransitionCounts,
  type TransitionTable,
} from "./transitions.ts";
