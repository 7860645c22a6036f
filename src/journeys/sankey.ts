import { isRecord } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { isFiniteMatrix, isFiniteVector } from "../core/model.ts";
import { isTextList } from "../core/options.ts";
import { endState } from "./paths.ts";
import type { StepGoal, StepMatrix } from "./step-matrix.ts";

/** A state at one step. */
export interface SankeyNode {
  /** `` `${step}:${event}` ``, as {@link SankeyLink} names it. */
  readonly id: string;
  /** Number of the column. */
  readonly step: number;
  /** The event; also `"(other)"`, and `"(start)"` for paths that have not begun. */
  readonly event: string;
  /** Paths that are here. */
  readonly count: number;
  /** Paths whose last step this is: the drop-off. */
  readonly dropped: number;
  /** Paths that go on after the last column; 0 before it. */
  readonly beyond: number;
  /** `count` under the name by which d3-sankey takes the size of a node, which otherwise were that of its links. */
  readonly fixedValue: number;
}

/** Paths that go from one node to another of the next step. */
export interface SankeyLink {
  /** Id of the node that they leave. */
  readonly source: string;
  /** Id of the node that they reach. */
  readonly target: string;
  /** Number of paths. */
  readonly value: number;
}

/** A step matrix as nodes and links. */
export interface Sankey {
  /** Every state that a path is in, by step, then in the order of the matrix. */
  readonly nodes: readonly SankeyNode[];
  /** Every flow, by step, then in the order of the matrix. */
  readonly links: readonly SankeyLink[];
  /** Overall conversion, when the matrix has a goal; else null. */
  readonly goal: StepGoal | null;
}

/**
 * Turns a step matrix into the nodes and links of a Sankey diagram, for `chartSankey` or for d3-sankey. Links go from a step to
 * the next, so there is no cycle. Nothing is lost: at every node `count` = inflow (but in the first column) = outflow +
 * `dropped` + `beyond`.
 *
 * @param stepMatrix - what `measureStepMatrix` returned.
 * @returns new objects, to which a layout may add what it likes. For d3-sankey: `nodeId((node) => node.id)` and
 * `nodeAlign(sankeyLeft)`, so that a node without links stays in its column.
 * @throws {ClienteleError} `shape-mismatch` for what is no step matrix, or one whose flows do not fit its counts.
 * Cost: linear in cells and flows.
 * @example
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "home", at: 0 },
 *     { who: "ann", what: "cart", at: 1 },
 *     { who: "bob", what: "home", at: 0 },
 *   ],
 *   { customer: "who", type: "what", time: "at" },
 * );
 * const { nodes, links } = sankeyOf(measureStepMatrix(log, { steps: 2 }));
 * nodes[0]; // { id: "1:home", step: 1, event: "home", count: 2, dropped: 1, beyond: 0, fixedValue: 2 }
 * links; // [{ source: "1:home", target: "2:cart", value: 1 }]
 */
export function sankeyOf(stepMatrix: StepMatrix): Sankey {
  const caller = "sankeyOf";
  checkStepMatrix(caller, stepMatrix);
  const { steps, states, counts, ends, flows, goal } = stepMatrix;
  const links = flows.map(({ step, from, to, count }) => {
    return { source: idOf(step, from), target: idOf(step + 1, to), value: count };
  });
  const [inflow, outflow] = [sumsBy(links, "target"), sumsBy(links, "source")];
  const nodes: SankeyNode[] = [];
  steps.forEach((step, c) => {
    states.forEach((event, row) => {
      const count = counts[row][c];
      const id = idOf(step, event);
      if (event === endState || count === 0) return;
      const dropped = ends[row][c];
      const beyond = count - dropped - (outflow.get(id) ?? 0);
      const isBroken = c === steps.length - 1 ? beyond < 0 : beyond !== 0;
      if (isBroken || (c > 0 && inflow.get(id) !== count)) {
        refuse(caller, "shape-mismatch", "stepMatrix.flows", "as many paths as the counts", "others");
      }
      nodes.push({ id, step, event, count, dropped, beyond, fixedValue: count });
    });
  });
  refuseStrayLinks(caller, nodes, links);
  return { nodes, links, goal: goal ? { ...goal } : null };
}

function idOf(step: number, event: string): string {
  return `${step}:${event}`;
}

function sumsBy(links: readonly SankeyLink[], end: "source" | "target"): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const link of links) sums.set(link[end], (sums.get(link[end]) ?? 0) + link.value);
  return sums;
}

function refuseStrayLinks(caller: string, nodes: readonly SankeyNode[], links: readonly SankeyLink[]): void {
  const known = new Set(nodes.map(({ id }) => id));
  const at = links.findIndex(({ source, target }) => !known.has(source) || !known.has(target));
  if (at >= 0) refuse(caller, "shape-mismatch", `stepMatrix.flows[${at}]`, "two cells with a count", "another one");
}

function checkStepMatrix(caller: string, matrix: StepMatrix): void {
  if (!isRecord(matrix) || !isTextList(matrix.states) || !Array.isArray(matrix.steps)) {
    refuse(caller, "shape-mismatch", "stepMatrix", "the result of measureStepMatrix", describeValue(matrix));
  }
  const { steps, states, flows } = matrix;
  const areSteps = steps.every((step, c) => Number.isSafeInteger(step) && (c === 0 || step === steps[c - 1] + 1));
  if (!areSteps) refuse(caller, "shape-mismatch", "stepMatrix.steps", "whole numbers one after another", "others");
  for (const field of ["counts", "ends"] as const) {
    const value: unknown = matrix[field];
    if (!isFiniteMatrix(value, steps.length, states.length) || value.some((row) => row.some((count) => count < 0))) {
      const expected = `counts of ${states.length} states × ${steps.length} steps`;
      refuse(caller, "shape-mismatch", `stepMatrix.${field}`, expected, describeValue(value));
    }
  }
  const isFlow = (flow: unknown): boolean =>
    isRecord(flow) &&
    isTextList([flow["from"], flow["to"]]) &&
    isCount(flow["count"]) &&
    Number.isInteger(flow["step"]);
  if (!Array.isArray(flows) || !(flows as unknown[]).every(isFlow)) {
    refuse(caller, "shape-mismatch", "stepMatrix.flows", "a list of { step, from, to, count }", describeValue(flows));
  }
  checkGoal(caller, "stepMatrix.goal", matrix.goal);
}

/**
 * Refuses what is no intact result of `sankeyOf`.
 *
 * @param caller - the public function.
 * @param sankey - what the user passed, perhaps read from a file.
 */
export function checkSankey(caller: string, sankey: Sankey): void {
  if (!isRecord(sankey) || !Array.isArray(sankey.nodes) || !Array.isArray(sankey.links)) {
    refuse(caller, "shape-mismatch", "sankey", "the result of sankeyOf", describeValue(sankey));
  }
  const stepOf = new Map<unknown, number>();
  sankey.nodes.forEach((node: unknown, i) => {
    if (!isNode(node) || stepOf.has(node.id)) {
      refuse(
        caller,
        "shape-mismatch",
        `sankey.nodes[${i}]`,
        "{ id, step, event, count, dropped, beyond }",
        describeValue(node),
      );
    }
    stepOf.set(node.id, node.step);
  });
  sankey.links.forEach((link: unknown, i) => {
    const isLink = isRecord(link) && isCount(link["value"]);
    const [from, to] = isLink ? [stepOf.get(link["source"]), stepOf.get(link["target"])] : [];
    if (from === undefined || to !== from + 1) {
      refuse(
        caller,
        "shape-mismatch",
        `sankey.links[${i}]`,
        "{ source, target, value } to a node of the next step",
        describeValue(link),
      );
    }
  });
  checkGoal(caller, "sankey.goal", sankey.goal);
}

function isNode(node: unknown): node is SankeyNode {
  if (!isRecord(node) || !isTextList([node["id"], node["event"]]) || !Number.isSafeInteger(node["step"])) return false;
  return isCount(node["count"]) && isFiniteVector([node["dropped"], node["beyond"]]);
}

function checkGoal(caller: string, path: string, goal: unknown): void {
  if (goal === null || goal === undefined) return;
  const isGoal =
    isRecord(goal) && typeof goal["event"] === "string" && isFiniteVector([goal["paths"], goal["conversion"] ?? 0]);
  if (!isGoal) refuse(caller, "shape-mismatch", path, "{ event, paths, conversion }", describeValue(goal));
}

function isCount(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}
