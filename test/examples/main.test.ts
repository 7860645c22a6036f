import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { parseStrictCsv } from "../support/strict-csv.ts";
import { run } from "../../examples/shop/run.ts";

const project = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "clientele-main-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `npm start -- …args` does. */
function start(...args: readonly string[]): Promise<Outcome> {
  const tsx = join(project, "node_modules/tsx/dist/cli.mjs");
  const main = join(project, "examples/shop/main.ts");
  return new Promise((done) => {
    execFile(process.execPath, [tsx, main, ...args], { cwd: project }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

/** The same without a process of its own. */
async function inProcess(...args: readonly string[]): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const code = await run(
    args,
    (line) => (stdout += `${line}\n`),
    (line) => (stderr += `${line}\n`),
  );
  return { code, stdout, stderr };
}

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const columns = ["--customer", "who", "--time", "when", "--type-is", "purchase"];
const file = (name: string, content: string | Uint8Array): string[] => ["--events", write(name, content), ...columns];

describe("npm start, when something must be put right", () => {
  const cases: readonly (readonly [title: string, args: readonly string[], sentence: RegExp])[] = [
    ["a missing file", ["--events", join(folder, "none.csv"), ...columns], /none\.csv does not exist\.$/],
    ["a folder", ["--events", folder, ...columns], /is a folder, not a file\.$/],
    ["an empty file", file("empty.csv", ""), /empty\.csv is empty\.$/],
    ["a header only", file("header.csv", "who,when\n"), /has a header but no rows\.$/],
    [
      "a wrong column",
      file("column.csv", "who,WHEN\na,2024-01-01\n"),
      /no column "when" .* its columns are "who", "WHEN"\.$/,
    ],
    ["a web page", file("page.csv", "<!doctype html><p>Not found</p>"), /is a web page or XML, not CSV\.$/],
    ["a spreadsheet", file("book.csv", Buffer.from("PK\x03\x04\x14\x00\x06\x00")), /is not a text file/],
    ["a broken archive", file("cut.csv.gz", gzipSync("who,when\n".repeat(99)).subarray(0, 30)), /is cut off/],
    ["an unknown flag", ["--evnts", "x.csv"], /^--evnts is not a flag/],
    ["a flag without its value", ["--events"], /^--events needs a value/],
    [
      "no purchase",
      [...file("no-purchase.csv", "who,when\na,2024-01-01\n"), "--purchase", "buy"],
      /no event of the kind "buy"/,
    ],
    ["too few buyers", file("few.csv", "who,when\na,2024-01-01\nb,2024-01-02\n"), /only 2 customers who bought/],
    ["buyers all alike", file("same.csv", "who,when\na,2024-01-01\nb,2024-01-01\nc,2024-01-01\n"), /too much alike/],
    [
      "rows of no use",
      file("bad.csv", "who,when\n,2024-01-01\nb,soon\n"),
      /all 2 rows were rejected \(no customer: 1, time not understood: 1\)\.$/,
    ],
    [
      "a place that is no folder",
      [...file("ok.csv", "who,when\na,2024-01-01\nb,2024-01-02\nc,2024-02-01\n"), "--out", write("file", "")],
      /cannot be made a folder\.$/,
    ],
  ];
  it.each(cases)("says so in one sentence: %s", async (_, args, sentence) => {
    const { code, stdout, stderr } = await inProcess(...args);
    expect(stderr).toMatch(/^[^\n]+\.\n$/);
    expect(stderr.trimEnd()).toMatch(sentence);
    expect(stdout).not.toContain("report.html");
    expect(code).toBe(2);
  });

  // A program of its own takes seconds to load, so only three of them are started.
  it.concurrent.each(cases.slice(0, 3))(
    "ends with exit code 2 and no stack: %s",
    async (_, args, sentence) => {
      const { code, stderr } = await start(...args);
      expect(stderr).toMatch(/^[^\n]+\.\n$/);
      expect(stderr.trimEnd()).toMatch(sentence);
      expect(code).toBe(2);
    },
    60_000,
  );
});

describe("npm start", () => {
  it("simulates a shop, writes three files, and ends with where they are and a story of ten lines", async () => {
    const out = join(folder, "shop");
    const { code, stdout, stderr } = await start("--customers", "300", "--seed", "5", "--out", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [steps, files, story] = stdout.trimEnd().split("\n\n");
    for (const line of steps.split("\n")) expect(line).toMatch(/^\w.* \d+\.\d\d s$/);
    expect(files.split("\n")).toEqual(["report.html", "customers.csv", "segments.json"].map((name) => join(out, name)));
    expect(story.split("\n")).toHaveLength(10);
    expect(parseStrictCsv(readFileSync(join(out, "customers.csv"), "utf8"))).toHaveLength(300);
    expect(readFileSync(join(out, "report.html"), "utf8")).toContain("Most valuable segment");
    expect(JSON.parse(readFileSync(join(out, "segments.json"), "utf8"))).toMatchObject({ model: { kind: "k-means" } });
  }, 60_000);

  it("reads a person's own file, whatever its customers are called", async () => {
    const ids = [
      "=HYPERLINK(1)",
      "__proto__",
      "constructor",
      "<script>alert(1)</script>",
      "+49",
      "-1",
      "@x",
      "a,b",
      'say "hi"',
    ];
    const rows = ids.flatMap((id, i) =>
      Array.from(
        { length: (i % 3) + 1 },
        (_, n) => `"${id.replaceAll('"', '""')}";2024-0${n + 1}-0${i + 1} 10:00;${i * i + 1},50`,
      ),
    );
    const path = write("own.csv", `\uFEFFwho;when;money\r\n${rows.join("\r\n")}\r\n`);
    const out = join(folder, "own");
    const money = ["--value", "money", "--decimal", ",", "--time-zone", "Europe/Berlin"];
    const { code, stdout, stderr } = await inProcess("--events", path, ...columns, ...money, "--out", out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("as Europe/Berlin time");
    const customers = parseStrictCsv(readFileSync(join(out, "customers.csv"), "utf8")).map(({ customer }) => customer);
    expect(customers.toSorted()).toEqual(ids.map((id) => (/^[=+@-]/.test(id) ? `'${id}` : id)).toSorted());
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).not.toContain("<script");
    const json = readFileSync(join(out, "segments.json"), "utf8");
    expect(ids.filter((id) => id.length > 4 && json.includes(id))).toEqual([]);
  });

  it("does without values", async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `c${i % 20},2024-0${(i % 7) + 1}-1${i % 9}`);
    const out = join(folder, "bare");
    const { code, stdout, stderr } = await inProcess(
      ...file("bare.csv", `who,when\n${rows.join("\n")}\n`),
      "--out",
      out,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("values are not known");
    expect(stdout).not.toMatch(/NaN|undefined|revenue|monetary|The column value/);
  });

  it("explains itself with --help, and touches nothing", async () => {
    const { code, stdout } = await inProcess("--help", "--out", join(folder, "nothing"));
    expect(code).toBe(0);
    expect(stdout).toContain("--time-zone ZONE");
    expect(existsSync(join(folder, "nothing"))).toBe(false);
  });
});
