import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { crowdedPackages, detachedRooms, impurities, rooms, surveyImports } from "./support/architecture.ts";
import type { ImportSurvey } from "./support/architecture.ts";

const root = join(import.meta.dirname, "..");
const areas = ["src", "test", "benchmarks", "examples"].filter((area) => sourcesOf(root, area).length > 0);

function sourcesOf(baseDir: string, area: string): string[] {
  const folder = join(baseDir, area);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => `${area}/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".ts") && !/\/node_modules\/|^src\/numeric\/kernels\/assembly\//.test(name))
    .toSorted();
}

describe("the house", () => {
  let survey: ImportSurvey;
  beforeAll(async () => {
    survey = await surveyImports(root, areas);
  });

  test("is read whole: as many files as there are sources", () => {
    expect(survey.files).toBe(areas.flatMap((area) => sourcesOf(root, area)).length);
  });

  test("imports point down: core ← numeric ← tables ← stage rooms ← charts, adapters ← report", () => {
    expect(survey.violations).toEqual([]);
  });

  test("has one importer per third-party package and area", () => {
    expect(crowdedPackages(survey.importers)).toEqual([]);
  });

  test("touches no clock, no randomness, no console, no I/O, no locale and no native transcendental function", () => {
    expect(sourcesOf(root, "src").flatMap((file) => impurities(root, file))).toEqual([]);
  }, 120_000);

  test("declares every room that exists in package.json, and re-exports all but the detached ones from the root", () => {
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object };
    const built = rooms.filter((room) => existsSync(join(root, "src", room, "index.ts")));
    expect(Object.keys(exports).toSorted()).toEqual(
      [".", "./package.json", ...built.map((room) => `./${room}`)].toSorted(),
    );
    const rootIndex = readFileSync(join(root, "src/index.ts"), "utf8");
    const reexported = [...rootIndex.matchAll(/^export \* from "\.\/([a-z]+)\/index\.ts";$/gm)].map(([, room]) => room);
    expect(reexported).toEqual(built.filter((room) => !detachedRooms.includes(room)).toSorted());
  });
});

// Every check above is held against a tree that breaks it: a rule that cannot fail protects nothing.
describe("a house that breaks every rule", () => {
  const baseDir = mkdtempSync(join(tmpdir(), "clientele-architecture-"));
  const manifest = (name: string): string => JSON.stringify({ name, version: "1.0.0", main: "index.js" });
  const files: Record<string, string> = {
    "package.json": JSON.stringify({ dependencies: { left: "1.0.0" }, devDependencies: { right: "1.0.0" } }),
    "node_modules/left/package.json": manifest("left"),
    "node_modules/left/index.js": "export const left = 1;",
    "node_modules/right/package.json": manifest("right"),
    "node_modules/right/index.js": "export const right = 1;",
    "node_modules/stray/package.json": manifest("stray"),
    "node_modules/stray/index.js": "export const stray = 1;",
    "src/core/errors.ts": 'import type { Sum } from "../numeric/sums.ts"; export const a: Sum = 1;',
    "src/core/here.ts": 'import "./there.ts";',
    "src/core/there.ts": 'import "./here.ts";',
    "src/numeric/sums.ts": 'export type Sum = number; import "../tables/codes.ts";',
    "src/tables/codes.ts": 'import "../charts/draw.ts"; import "../gone.ts"; export const b = 1;',
    "src/features/scale.ts": 'import "../segments/kmeans.ts"; import "left";',
    "src/segments/kmeans.ts":
      'import "../tables/codes.ts"; import "node:fs"; import "left"; import "right"; import "stray";',
    "src/charts/draw.ts": 'import "../report/page.ts"; import "../adapters/sql.ts";',
    "src/report/page.ts": 'import "../index.ts"; export const c = 1;',
    "src/adapters/sql.ts": 'import "node:fs"; import "../features/scale.ts";',
    "src/index.ts": 'export * from "./report/page.ts";',
    "src/utilities/misc.ts": "export const d = 1;",
    "test/segments/kmeans.test.ts": 'import "right"; import "vitest";',
    "test/oracles/right.ts": 'import "right"; import "vitest";',
    "examples/shop/main.ts": 'import "left";',
  };
  let survey: ImportSurvey;
  beforeAll(async () => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(baseDir, name)), { recursive: true });
      writeFileSync(join(baseDir, name), text);
    }
    survey = await surveyImports(baseDir, ["src", "test", "examples"]);
  });
  afterAll(() => {
    rmSync(baseDir, { recursive: true });
  });

  test.each([
    ["core-knows-nothing-else", "src/core/errors.ts → src/numeric/sums.ts"],
    ["numeric-knows-core-only", "src/numeric/sums.ts → src/tables/codes.ts"],
    ["tables-know-the-ground-only", "src/tables/codes.ts → src/charts/draw.ts"],
    ["stage-rooms-meet-in-tables-only", "src/features/scale.ts → src/segments/kmeans.ts"],
    ["charts-and-adapters-look-down", "src/charts/draw.ts → src/report/page.ts"],
    ["charts-and-adapters-look-down", "src/charts/draw.ts → src/adapters/sql.ts"],
    ["report-looks-down", "src/report/page.ts → src/index.ts"],
    ["root-index-leaves-detached-rooms-out", "src/index.ts → src/report/page.ts"],
    ["every-folder-is-a-room", "src/utilities/misc.ts"],
    ["no-cycles", "src/core/here.ts → src/core/there.ts"],
    ["no-node-builtins", "src/segments/kmeans.ts → fs"],
    ["every-import-resolves", "src/tables/codes.ts → ../gone.ts"],
    ["packages-are-declared", "src/segments/kmeans.ts → node_modules/stray/index.js"],
    ["no-dev-dependencies", "src/segments/kmeans.ts → node_modules/right/index.js"],
  ])("is caught by %s", (rule, edge) => {
    expect(survey.violations.filter((violation) => violation.startsWith(`${rule}: ${edge}`))).not.toEqual([]);
  });

  test("is not accused where it keeps the rules", () => {
    // The fixture's one long circle touches these files too; that much is true of them.
    const others = survey.violations.filter((violation) => !violation.startsWith("no-cycles"));
    expect(others.filter((violation) => violation.includes("src/adapters/sql.ts → "))).toEqual([]);
    expect(others.filter((violation) => violation.includes("src/segments/kmeans.ts → src/"))).toEqual([]);
  });

  test("has crowded packages: counted per area, and in tests allowed in oracles only", () => {
    expect(crowdedPackages(survey.importers)).toEqual([
      "one-importer-per-package: left in src/features/scale.ts, src/segments/kmeans.ts",
      "one-importer-per-package: right in test/oracles/right.ts, test/segments/kmeans.test.ts",
      "tests-reach-packages-by-oracles-and-support: right in test/segments/kmeans.test.ts",
    ]);
  });

  const impure = [
    "Math.random()",
    "Math.exp(1)",
    "Math.log2(1)",
    "Math.pow(1, 2)",
    "Math.atan2(1, 2)",
    "Math.hypot(1, 2)",
    "const { random } = Math",
    "x ** 3",
    "x ** 0.5",
    "2 ** x",
    "x ** -1",
    "x **= 2",
    "Date.now()",
    'Date.parse("2024-02-30")',
    "new Date()",
    "new Date(2024, 1, 1)",
    "Date()",
    "new Date(0).getHours()",
    "performance.now()",
    "console.log(1)",
    "process.env",
    "globalThis.x",
    'fetch("https://example.org")',
    "setTimeout(f, 1)",
    "crypto.randomUUID()",
    '"a".localeCompare("b")',
    "(1).toLocaleString()",
    '"i".toLocaleUpperCase()',
    "new Intl.DateTimeFormat()",
    'eval("1")',
    'new Function("return 1")',
    "Math.max(...xs)",
    "xs.push(...ys)",
    "String.fromCharCode(...xs)",
    "f.apply(null, xs)",
    "async function g() {}",
    'import("x")',
    "// eslint-disable-next-line\nMath.random()",
  ];
  test.each(impure)("is impure by `%s`", (code) => {
    writeFileSync(join(baseDir, "src/core/probe.ts"), code);
    expect(impurities(baseDir, "src/core/probe.ts")).not.toEqual([]);
  });

  const pure = [
    "Math.sqrt(x) + Math.abs(x) + Math.max(a, b)",
    "x ** 2",
    "2 ** 32",
    "2 ** -53",
    "new Date(0).getUTCHours()",
    "Date.UTC(2024, 1, 1)",
    'new Intl.DateTimeFormat("en-US")',
    "[...xs, ...ys]",
    "f({ ...x })",
  ];
  test.each(pure)("is not impure by `%s`", (code) => {
    writeFileSync(join(baseDir, "src/core/probe.ts"), code);
    expect(impurities(baseDir, "src/core/probe.ts")).toEqual([]);
  });
});
