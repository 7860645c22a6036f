import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binary, freshDist, packInto, scratchFolder } from "../support/built.ts";
import { dataPath, describeWithData, readDataJson } from "../support/data.ts";
import { dangers, xmlElements } from "../support/markup.ts";
import { describeWith } from "../support/needs.ts";
import { projectRoot, readManifest } from "../support/project.ts";

// The stories as notebooks, run by Jupyter and Deno, and as files for Node's REPL: both with the packed package, beside it nothing.
const notebooks = join(projectRoot, "examples/notebooks");
const stories = readdirSync(notebooks)
  .filter((file) => file.endsWith(".ipynb"))
  .map((file) => basename(file, ".ipynb"));
const scratch = scratchFolder("notebooks");

/** The parts of a notebook (nbformat 4) that are looked at. */
interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: { readonly kernelspec: { readonly name: string } };
}

interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly source: readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
}

interface Output {
  readonly output_type: "stream" | "execute_result" | "display_data" | "error";
  readonly text?: readonly string[];
  readonly data?: Readonly<Record<string, string | readonly string[]>>;
}

const readNotebook = (path: string): Notebook => JSON.parse(readFileSync(path, "utf8")) as Notebook;
const whole = (text: string | readonly string[] | undefined): string => (typeof text === "string" ? text : (text ?? []).join("")); // prettier-ignore
const codeOf = ({ cells }: Notebook): Cell[] => cells.filter((cell) => cell.cell_type === "code");
const showsChart = (cell: Cell): boolean => /\bchart[A-Z]\w*\(/u.test(whole(cell.source));

/** What the simulated shops tell: the same in Deno and in Node, and on every machine. */
const told: Readonly<Record<string, readonly string[]>> = {
  "churn-and-value": [
    "the model is off by 1.37 orders per customer",
    "2205 customers, of whom about 1648 are still there",
    "1549 customers really are still there",
    "AUC 0.77 (0.73 to 0.82)",
    "50 calls, 289 more would pay, 413 would not",
    "both together 849",
    "most endangered -29",
    "dearest 484",
  ],
  "did-the-campaign-work": [
    "7209 buyers, 3661 of them got the mail",
    "the mail added 10.8 % (9.0 % to 12.6 %)",
    "p = 3.0e-31, had it done nothing",
    "the same, less noise:    7.30 (5.64 to 8.96)",
    "better than chance by 39.5 orders (20.8 to 54.4)",
    "mail 3290 of 7209: expected gain 468",
    "really: chosen 1083, everybody -2128",
  ],
  "events-to-segments": [
    "178891 rows = 178891 accepted + 0 rejected",
    "1734 were sent twice, 10 bots are gone",
    "157692 events in 36968 visits are left",
    "k = 3 has the largest mean silhouette (0.343) of k = 3 to 8.",
    "  504 customers, 59.8 % of the revenue",
    "  first: loyalty (352 of them)",
    "c10,Undecided,57,cross-sell",
  ],
  journeys: [
    "2000 people made 14158 visits of 4.4 pages",
    "checkout   88.9 %",
    "after cart: 1448 visits lost (21.5 %)",
    "69.6 % of 6742 visits with a cart end with an order",
    "5 points more are seen with 2524 visits: 10 weeks",
  ],
};

/** What must be told of the real data sets, from the independent results that lie beside them. */
const real: Readonly<Record<string, { readonly set: string; readonly lines: () => readonly string[] }>> = {
  "churn-and-value": { set: "cdnow_sample", lines: cdnowLines },
  "did-the-campaign-work": { set: "hillstrom", lines: hillstromLines },
  "events-to-segments": { set: "online_retail", lines: retailLines },
  journeys: { set: "simple_shop", lines: shopLines },
};

function cdnowLines(): string[] {
  interface Fit<K extends string> {
    readonly parameters: Readonly<Record<K, number>>;
    readonly log_likelihood: number;
  }
  const { counts, calibration } = readDataJson<{
    counts: { rows: number; customers: number };
    calibration: { bgnbd: Fit<"r" | "alpha" | "a" | "b"> & { expected_transactions_sum: number }; gamma_gamma: Fit<"p" | "q" | "v"> }; // prettier-ignore
  }>("cdnow_sample/expected.json");
  const { bgnbd, gamma_gamma: spend } = calibration;
  const named = (parameters: object): string =>
    Object.entries(parameters).map(([name, x]) => `${name} ${(x as number).toFixed(3)}`).join(", "); // prettier-ignore
  return [
    `${counts.rows} purchases of ${counts.customers} customers`,
    `BG/NBD: ${named(bgnbd.parameters)}, log-likelihood ${bgnbd.log_likelihood.toFixed(1)}`,
    `gamma-gamma: ${named(spend.parameters)}, log-likelihood ${spend.log_likelihood.toFixed(1)}`,
    `expected in the next 39 weeks: ${bgnbd.expected_transactions_sum.toFixed(1)} purchases`,
  ];
}

function hillstromLines(): string[] {
  interface Arm {
    readonly visit: number;
  }
  interface Comparison {
    readonly visit: { readonly difference_2_minus_1: number };
  }
  const expected = readDataJson<{
    counts: { rows: number; by_segment: Record<string, number> };
    rates: Record<string, Arm>;
    sample_ratio_mismatch: { p: number };
    "Mens E-Mail against No E-Mail": Comparison;
    "Womens E-Mail against No E-Mail": Comparison;
  }>("hillstrom/expected.json");
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  const arms = { control: "No E-Mail", mens: "Mens E-Mail", womens: "Womens E-Mail" };
  return [
    `${expected.counts.rows} customers`,
    ...Object.entries(arms).map(
      ([name, arm]) => `${name}: ${percent(expected.rates[arm].visit)} of ${expected.counts.by_segment[arm]} visited`,
    ),
    `sizes as planned: p = ${expected.sample_ratio_mismatch.p.toFixed(3)}`,
    `mens: ${percent(expected["Mens E-Mail against No E-Mail"].visit.difference_2_minus_1)} more, higher`,
    `womens: ${percent(expected["Womens E-Mail against No E-Mail"].visit.difference_2_minus_1)} more, higher`,
  ];
}

function retailLines(): string[] {
  const { counts, clean_sales: sales } = readDataJson<{
    counts: { rows: number };
    clean_sales: { invoices: number; customers: number; amount: number };
  }>("online_retail/expected.json");
  return [
    `${counts.rows} invoice lines`,
    `${sales.customers} buyers, ${sales.invoices} orders, ${sales.amount.toFixed(2)} in all`,
  ];
}

function shopLines(): string[] {
  const expected = readDataJson<{
    counts: { events: number };
    sessions_30min: { sessions: number };
    funnel_users_ordered: Record<string, number>;
    markov_within_session: { hit_probability_from_event: Record<string, number> };
  }>("simple_shop/expected.json");
  const chance = expected.markov_within_session.hit_probability_from_event;
  const pages = ["catalog", "cart", "delivery_courier", "delivery_pickup", "payment_card", "payment_cash"];
  return [
    `${expected.counts.events} events in ${expected.sessions_30min.sessions} visits`,
    Object.entries(expected.funnel_users_ordered).map(([name, count]) => `${name} ${count}`).join(" → "), // prettier-ignore
    ...pages.map((page) => `${page.padEnd(16)} ${(100 * chance[page]).toFixed(1)} %`),
  ];
}

/** What a story needs around it: the unpacked tarball as `npm install` would put it, its dependencies and the peers. */
beforeAll(() => {
  freshDist();
  const unpacked = join(scratch, "node_modules/clientele");
  mkdirSync(unpacked, { recursive: true });
  execFileSync("tar", ["-xzf", packInto(scratch).path, "--strip-components", "1", "-C", unpacked]);
  for (const name of [...Object.keys(readManifest().dependencies), "vega", "vega-lite"]) {
    mkdirSync(dirname(join(scratch, "node_modules", name)), { recursive: true });
    symlinkSync(join(projectRoot, "node_modules", name), join(scratch, "node_modules", name));
  }
  writeFileSync(join(scratch, "package.json"), JSON.stringify({ private: true, type: "module" }));
  for (const folder of ["notebooks", "repl"])
    cpSync(join(projectRoot, "examples", folder), scratch, { recursive: true });
});

afterAll(() => {
  rmSync(scratch, { recursive: true });
});

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, input = ""): string {
  const plain = { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", CLIENTELE_DATA: dataPath("."), ...env };
  const given = { cwd: scratch, encoding: "utf8", input, env: { ...process.env, ...plain } } as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...given, maxBuffer: 2 ** 27 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${String(status)}\n${stdout}\n${stderr}`);
  return stdout;
}

describe.each(stories)("the notebook %s", (story) => {
  const notebook = readNotebook(join(notebooks, `${story}.ipynb`));

  it("is committed as it was written, without what a run adds", () => {
    expect(notebook.metadata.kernelspec.name).toBe("deno");
    for (const cell of codeOf(notebook)) expect([cell.outputs, cell.execution_count]).toEqual([[], null]);
  });

  it("is a story: it begins with a question, is told between small cells, and ends with a decision", () => {
    const prose = notebook.cells.filter((cell) => cell.cell_type === "markdown").map((cell) => whole(cell.source));
    expect(prose[0]).toMatch(/^# .+\n\n\*\*The question\.\*\* /u);
    expect(prose.join("\n")).toContain("\n## What to do on Monday\n");
    expect(prose.filter((text) => text.includes("**Decided.** "))).not.toEqual([]);
    expect(prose.length).toBeGreaterThan(codeOf(notebook).length / 2);
    for (const { source } of codeOf(notebook)) {
      expect(source.length).toBeLessThan(40);
      for (const line of source) expect(line.trimEnd().length).toBeLessThan(100);
    }
  });

  it("imports as a user would: doors of the package and what Node and Deno both have", () => {
    const doors = Object.keys(readManifest().exports).map((door) => door.replace(/^\./u, "clientele"));
    const imports = codeOf(notebook).flatMap((cell) => [...whole(cell.source).matchAll(/ from "([^"]+)"/gu)]);
    expect(imports.length).toBeGreaterThan(5);
    for (const [, module] of imports) expect([...doors, "node:fs", "node:zlib"]).toContain(module);
    for (const cell of codeOf(notebook)) expect(whole(cell.source)).not.toMatch(/\bDeno\b|Math\.random|Date\.now/u);
  });
});

function jupyterIsMissing(): string[] {
  return spawnSync("jupyter", ["nbconvert", "--version"]).status === 0 ? [] : ["jupyter-nbconvert"];
}

describeWith("the notebooks, run by jupyter nbconvert and Deno", jupyterIsMissing(), () => {
  const outputs = (story: string): Output[] =>
    codeOf(readNotebook(join(scratch, "executed", `${story}.ipynb`))).flatMap((cell) => cell.outputs ?? []);
  const printed = (story: string): string[] => outputs(story).map(({ text }) => whole(text)).join("").split(/\r?\n/u); // prettier-ignore

  beforeAll(() => {
    // The kernel is described for this run only: nothing is written into anybody's home.
    const kernel = join(scratch, "jupyter/kernels/deno");
    mkdirSync(kernel, { recursive: true });
    const argv = [binary("deno"), "jupyter", "--kernel", "--conn", "{connection_file}"];
    writeFileSync(join(kernel, "kernel.json"), JSON.stringify({ argv, display_name: "Deno", language: "typescript" }));
    const home = { JUPYTER_DATA_DIR: "jupyter", JUPYTER_CONFIG_DIR: "config", JUPYTER_RUNTIME_DIR: "runtime", IPYTHONDIR: "ipython" }; // prettier-ignore
    const env = Object.fromEntries(Object.entries(home).map(([name, folder]) => [name, join(scratch, folder)]));
    const files = stories.map((story) => `${story}.ipynb`);
    const converting = ["nbconvert", "--to", "notebook", "--execute", "--config", "nbconvert_config.py"];
    run("jupyter", [...converting, "--output-dir", "executed", ...files], env);
  }, 180_000);

  it.each(stories)("%s ends without an error and tells the figures that are known", (story) => {
    expect(outputs(story).filter(({ output_type: type }) => type === "error")).toEqual([]);
    for (const line of told[story]) expect(printed(story)).toContain(line);
  });

  it.each(stories)("%s shows every chart as a picture, beside its spec and a sentence", (story) => {
    const executed = codeOf(readNotebook(join(scratch, "executed", `${story}.ipynb`)));
    const withChart = executed.filter(showsChart);
    expect(withChart.length).toBeGreaterThan(1);
    for (const { source, outputs: shown } of withChart) {
      const data = shown?.find(({ output_type: type }) => type === "execute_result")?.data ?? {};
      if (whole(data["text/plain"]).includes("Skipped.")) continue;
      const types = ["application/vnd.vegalite.v5+json", "application/vnd.vegalite.v6+json", "image/svg+xml", "text/plain"]; // prettier-ignore
      expect(Object.keys(data).toSorted(), whole(source)).toEqual(types);
      const elements = xmlElements(whole(data["image/svg+xml"]));
      expect(elements[0].name).toBe("svg");
      expect(dangers(elements)).toEqual([]);
      expect(whole(data["text/plain"])).toMatch(/^.+: .+$/su);
    }
  });

  it("become pages that keep the pictures", () => {
    const env = { JUPYTER_CONFIG_DIR: join(scratch, "config") };
    run("jupyter", ["nbconvert", "--to", "html", "--config", "nbconvert_config.py", "executed/journeys.ipynb"], env);
    const page = readFileSync(join(scratch, "executed/journeys.html"), "utf8");
    const images = [...page.matchAll(/<img alt="([^"]+)" src="data:image\/svg\+xml;base64,([^"]+)">/gu)];
    expect(images.length).toBeGreaterThan(2);
    for (const [, alt, data] of images) {
      expect(alt).not.toBe("");
      expect(Buffer.from(data, "base64").toString()).toMatch(/^<svg[^]+<\/svg>$/u);
    }
  });

  for (const story of stories) {
    describeWithData(`${story}, on real data`, [real[story].set], () => {
      it("tells what independent programs found", () => {
        for (const line of real[story].lines()) expect(printed(story)).toContain(line);
      });
    });
  }
});

describe("the stories for Node's REPL", () => {
  const transcripts: Record<string, string> = {};
  // Prompts stand before what is printed.
  const linesOf = (story: string): string[] => transcripts[story].split(/\r?\n/u).map((line) => line.replace(/^(?:> |\.\.\. )+/u, "")); // prettier-ignore

  beforeAll(() => {
    for (const story of stories) {
      transcripts[story] = run("node", ["-i"], {}, readFileSync(join(scratch, `${story}.js`), "utf8"));
    }
  }, 120_000);

  it("are written from the notebooks: npm run stories", () => {
    const folder = join(scratch, "fresh");
    run("node", [join(projectRoot, "scripts/build-repl-stories.mjs"), folder], {});
    const committed = join(projectRoot, "examples/repl");
    expect(readdirSync(committed)).toEqual(readdirSync(folder));
    for (const file of readdirSync(folder)) {
      expect(readFileSync(join(committed, file), "utf8")).toBe(readFileSync(join(folder, file), "utf8"));
    }
  });

  it.each(stories)("%s runs when it is piped in, and tells the same figures as the notebook", (story) => {
    expect(transcripts[story]).not.toContain("Uncaught");
    for (const line of told[story]) expect(linesOf(story)).toContain(line);
  });

  it.each(stories)("%s draws every chart into a file that it names", (story) => {
    const named = linesOf(story).flatMap((line) => / → (out\/\S+\.svg)$/u.exec(line)?.[1] ?? []);
    const charts = codeOf(readNotebook(join(notebooks, `${story}.ipynb`))).filter(showsChart);
    const skipped = linesOf(story).filter((line) => line === "Skipped.").length;
    expect(named.length).toBeGreaterThan(1);
    expect(named.length + skipped).toBeGreaterThanOrEqual(charts.length);
    for (const file of named) expect(readFileSync(join(scratch, file), "utf8")).toMatch(/^<svg[^]+<\/svg>$/u);
  });

  it("run when they are loaded, and say what they skip where the real data are not", () => {
    const answer = run("node", ["-i"], { CLIENTELE_DATA: join(scratch, "nowhere") }, ".load journeys.js\n");
    expect(answer).not.toContain("Uncaught");
    expect(answer).toContain("69.6 % of 6742 visits with a cart end with an order");
    expect(answer).toContain(`Skipped: there is no ${join(scratch, "nowhere/simple_shop/simple_shop.csv.gz")}`);
  });

  for (const story of stories) {
    describeWithData(`${story}, on real data`, [real[story].set], () => {
      it("tells what independent programs found", () => {
        for (const line of real[story].lines()) expect(linesOf(story)).toContain(line);
      });
    });
  }
});
