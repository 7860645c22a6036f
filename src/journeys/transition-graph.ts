import { refuse } from "../core/errors.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { checkTransitions, type CountTables, eachEdge } from "./count-tables.ts";
import type { TransitionTable } from "./transitions.ts";

/** What the edge of a graph can weigh, by the names that transition graphs have in Python. */
export type EdgeWeight =
  "proba_out" | "proba_in" | "count" | "unique_paths" | "share_of_total" | "avg_per_path" | "time_median" | "time_q95";

const edgeWeights: readonly EdgeWeight[] = [
  "proba_out",
  "proba_in",
  "count",
  "unique_paths",
  "share_of_total",
  "avg_per_path",
  "time_median",
  "time_q95",
];

/** Options of {@link graphOf}. */
export interface GraphOptions<Format extends keyof TransitionGraphs = keyof TransitionGraphs> {
  /**
   * `"proba_out"` (default): share of what leaves the source; `"proba_in"`: share of what reaches the target; `"count"`;
   * `"unique_paths"`: paths that take the step at least once; `"share_of_total"` of all steps; `"avg_per_path"`: times per path;
   * `"time_median"`, `"time_q95"`: milliseconds between the two events, `null` from the start and to the end.
   */
  readonly weight?: EdgeWeight | undefined;
  /** `"node-link"` (default): D3, and NetworkX by `node_link_graph(data, edges="links")`; `"graphology"`: `Graph.from(data)`. */
  readonly format?: Format | undefined;
}

/** Option table of {@link graphOf}. */
export const graphOptions: OptionTable<GraphOptions> = {
  weight: oneOf(edgeWeights, { default: "proba_out" }),
  format: oneOf(["node-link", "graphology"], { default: "node-link" }),
};

/** The forms that a graph of transitions can have. */
export interface TransitionGraphs {
  /** Nodes and links by name. */
  readonly "node-link": NodeLinkGraph;
  /** What graphology serializes. */
  readonly graphology: GraphologyGraph;
}

/** A graph as D3 and NetworkX read it. */
export interface NodeLinkGraph {
  /** Always true: a step has a direction. */
  readonly directed: true;
  /** Always false: one link per pair. */
  readonly multigraph: false;
  /** What the weights are. */
  readonly graph: GraphFacts;
  /** The states. */
  readonly nodes: readonly GraphNode[];
  /** The steps that occur, in the order of the states. */
  readonly links: readonly GraphLink[];
}

/** What a graph says of itself. */
export interface GraphFacts {
  /** What the edges weigh. */
  readonly weight: EdgeWeight;
}

/** A state. */
export interface GraphNode {
  /** Its name. */
  readonly id: string;
  /** How often it occurs; for the start and the end, the number of paths. */
  readonly count: number;
}

/** A step. */
export interface GraphLink {
  /** The state that is left. */
  readonly source: string;
  /** The state that follows. */
  readonly target: string;
  /** What was asked for; `null` where there is none. */
  readonly weight: number | null;
}

/** A graph as graphology imports it. */
export interface GraphologyGraph {
  /** What the weights are. */
  readonly attributes: GraphFacts;
  /** Directed, with loops, one edge per pair. */
  readonly options: {
    /** Always `"directed"`. */
    readonly type: "directed";
    /** Always false. */
    readonly multi: false;
    /** Always true: a step can be repeated. */
    readonly allowSelfLoops: true;
  };
  /** The states. */
  readonly nodes: readonly {
    /** Its name. */
    readonly key: string;
    /** How often it occurs. */
    readonly attributes: Pick<GraphNode, "count">;
  }[];
  /** The steps. */
  readonly edges: readonly (Pick<GraphLink, "source" | "target"> & {
    /** What it weighs. */
    readonly attributes: Pick<GraphLink, "weight">;
  })[];
}

/** What a graph is made of: a transition table, or a model of order 1. */
export type GraphSource = Pick<TransitionTable, "states" | "paths"> &
  CountTables &
  Partial<Pick<TransitionTable, "transitions">>;

/**
 * Turns transitions into a graph that other tools load: D3, NetworkX, graphology, and whatever reads their formats.
 *
 * @param table - made by `countTransitions`, `transitionCounts` or, for order 1, `fitMarkov`, whose `"proba_out"` is smoothed.
 * @param options - what the edges weigh, and the format.
 * @returns nodes in the order of `states`, and an edge for each step that occurs; plain JSON.
 * @throws {ClienteleError} `shape-mismatch` for something else; `unsupported` for paths and times of a table that does not have them.
 * Cost: linear in the table.
 * @example
 * const at = (who: string, what: string, time: number) => ({ who, what, time });
 * const rows = [at("ann", "home", 0), at("ann", "cart", 1), at("bob", "home", 0)];
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * graphOf(countTransitions(log)).links[2]; // { source: "home", target: "cart", weight: 0.5 }
 */
export function graphOf<Format extends keyof TransitionGraphs = "node-link">(
  table: GraphSource,
  options?: GraphOptions<Format>,
): TransitionGraphs[Format];
export function graphOf(table: GraphSource, options?: GraphOptions): NodeLinkGraph | GraphologyGraph {
  const caller = "graphOf";
  const { weight, format } = readOptions(caller, graphOptions, options);
  checkTransitions(caller, "table", table);
  const { states } = table;
  const edges: Edge[] = [];
  const into = new Float64Array(states.length);
  let total = 0;
  eachEdge(table, (from, to, probability, count) => {
    edges.push({ from, to, probability, count });
    into[to] += count;
    total += count;
  });
  const weightOf = weigher(caller, weight, table, into, total);
  const counts = states.map((_, state) => (state === 0 ? table.paths : into[state]));
  const links = edges.map((edge): GraphLink => ({ source: states[edge.from], target: states[edge.to], weight: weightOf(edge) })); // prettier-ignore
  if (format === "node-link") {
    const nodes = states.map((id, state): GraphNode => ({ id, count: counts[state] }));
    return { directed: true, multigraph: false, graph: { weight }, nodes, links };
  }
  return {
    attributes: { weight },
    options: { type: "directed", multi: false, allowSelfLoops: true },
    nodes: states.map((key, state) => ({ key, attributes: { count: counts[state] } })),
    edges: links.map(({ source, target, weight: value }) => ({ source, target, attributes: { weight: value } })),
  };
}

interface Edge {
  readonly from: number;
  readonly to: number;
  readonly probability: number;
  readonly count: number;
}

function weigher(
  caller: string,
  weight: EdgeWeight,
  { states, transitions, paths }: GraphSource,
  into: Float64Array,
  total: number,
): (edge: Edge) => number | null {
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  switch (weight) {
    case "proba_out":
      return ({ probability }) => probability;
    case "proba_in":
      return ({ to, count }) => share(count, into[to]);
    case "count":
      return ({ count }) => count;
    case "share_of_total":
      return ({ count }) => share(count, total);
    case "avg_per_path":
      return ({ count }) => share(count, paths);
    default: {
      if (transitions === undefined) {
        refuse(caller, "unsupported", "options.weight", "a weight that the table has: countTransitions has them all", `"${weight}"`); // prettier-ignore
      }
      const field = ({ unique_paths: "paths", time_median: "medianMs", time_q95: "p95Ms" } as const)[weight];
      const places = new Map(states.map((name, state) => [name, state]));
      const placeOf = (from: number, to: number): number => from * states.length + to;
      const values = new Map(transitions.map((step) => [placeOf(places.get(step.from) ?? -1, places.get(step.to) ?? -1), step[field]])); // prettier-ignore
      return ({ from, to }) => values.get(placeOf(from, to)) ?? null;
    }
  }
}
