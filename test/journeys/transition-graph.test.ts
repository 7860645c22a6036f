import { execFileSync } from "node:child_process";
import { countTransitions, type EdgeWeight, fitMarkov, graphOf, transitionCounts } from "clientele/journeys";
import { describe, expect, it } from "vitest";
import { type Happening, logOf } from "../support/logs.ts";
import { expectRefusal } from "../support/refusal.ts";

const log = logOf([
  ["ann", "home", 0],
  ["ann", "cart", 60_000],
  ["ann", "home", 90_000],
  ["ann", "cart", 190_000],
  ["bob", "home", 0],
  ["bob", "__proto__", 5000],
]);
const table = countTransitions(log);
const weightOf = (weight: EdgeWeight, source: string, target: string): number | null | undefined =>
  graphOf(table, { weight }).links.find((link) => link.source === source && link.target === target)?.weight;

describe("graphOf", () => {
  it("weighs the steps by each of eight names, as counting by hand does", () => {
    // home → cart twice, both by ann, after 60 and 100 s; home is left three times; cart is reached twice; 8 steps in 2 paths.
    const expected: Record<EdgeWeight, number> = {
      proba_out: 2 / 3,
      proba_in: 1,
      count: 2,
      unique_paths: 1,
      share_of_total: 2 / 8,
      avg_per_path: 1,
      time_median: 80_000,
      time_q95: 98_000,
    };
    for (const [weight, value] of Object.entries(expected)) {
      expect(weightOf(weight as EdgeWeight, "home", "cart")).toBeCloseTo(value, 9);
    }
    expect(weightOf("time_median", "(start)", "home")).toBeNull();
    expect(weightOf("proba_out", "home", "__proto__")).toBeCloseTo(1 / 3, 12);
  });

  it("has a node per state with how often it occurs, and shares that add up from and into every node", () => {
    const { nodes, links } = graphOf(table);
    expect(nodes).toEqual([
      { id: "(start)", count: 2 },
      { id: "__proto__", count: 1 },
      { id: "cart", count: 2 },
      { id: "home", count: 3 },
      { id: "(end)", count: 2 },
    ]);
    const into = graphOf(table, { weight: "proba_in" }).links;
    for (const { id } of nodes) {
      const out = links.filter(({ source }) => source === id).reduce((sum, { weight }) => sum + weight!, 0);
      const inward = into.filter(({ target }) => target === id).reduce((sum, { weight }) => sum + weight!, 0);
      expect([out, inward]).toEqual([id === "(end)" ? 0 : 1, id === "(start)" ? 0 : 1]);
    }
  });

  it("has the keys of NetworkX's node-link data and of graphology's serialization, and nothing that JSON loses", () => {
    const graph = graphOf(table);
    expect(Object.keys(graph)).toEqual(["directed", "multigraph", "graph", "nodes", "links"]);
    expect(JSON.parse(JSON.stringify(graph))).toEqual(graph);
    const { attributes, options, nodes, edges } = graphOf(table, { format: "graphology", weight: "count" });
    expect([attributes, options]).toEqual([
      { weight: "count" },
      { type: "directed", multi: false, allowSelfLoops: true },
    ]);
    expect(nodes[2]).toEqual({ key: "cart", attributes: { count: 2 } });
    expect(edges[0]).toEqual({ source: "(start)", target: "home", attributes: { weight: 2 } });
  });

  it("is loaded by NetworkX where that is installed", ({ skip }) => {
    const script = `
import sys, json
try:
    import networkx as nx
except ImportError:
    sys.exit(3)
data = json.load(sys.stdin)
try:
    g = nx.node_link_graph(data, edges="links")
except TypeError:
    g = nx.node_link_graph(data)
print(json.dumps([g.is_directed(), g.is_multigraph(), len(g), g["home"]["cart"]["weight"], g.nodes["cart"]["count"]]))`;
    let printed: string;
    try {
      printed = execFileSync("/usr/bin/python3", ["-c", script], { input: JSON.stringify(graphOf(table, { weight: "count" })), encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] }); // prettier-ignore
    } catch {
      return skip("python3-networkx is not installed");
    }
    expect(JSON.parse(printed)).toEqual([true, false, 5, 2, 2]);
  });

  it("takes a model and sums as well, which have no paths and times of a step", () => {
    expect(graphOf(fitMarkov(log))).toEqual(graphOf(table));
    const sums = transitionCounts(["home"]);
    const counts = sums.finish(sums.add(sums.init(), { customer: "ann", type: "home" }));
    expect(graphOf(counts, { weight: "count" }).links).toEqual([
      { source: "(start)", target: "home", weight: 1 },
      { source: "home", target: "(end)", weight: 1 },
    ]);
    expectRefusal(() => graphOf(counts, { weight: "unique_paths" }), "unsupported", "options.weight");
    expectRefusal(() => graphOf(fitMarkov(log), { weight: "time_median" }), "unsupported", "options.weight");
    expectRefusal(() => graphOf(fitMarkov(log, { order: 2 }) as never), "shape-mismatch", "table");
    expectRefusal(() => graphOf(null as never), "shape-mismatch", "table");
  });

  it("lists 100,000 steps through 10,000 states, and nothing of an empty log", () => {
    const path = Array.from({ length: 100_000 }, (_, i): Happening => ["ann", `page ${(i * 7) % 10_000}`, i]);
    const graph = graphOf(countTransitions(logOf(path)), { weight: "count" });
    expect(graph.links.reduce((sum, { weight }) => sum + weight!, 0)).toBe(100_001);
    expect(graphOf(countTransitions(logOf([])))).toMatchObject({ nodes: [{ id: "(start)", count: 0 }, { id: "(end)", count: 0 }], links: [] }); // prettier-ignore
  });
});
