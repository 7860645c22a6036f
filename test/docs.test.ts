import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mismatch, parseExpectation, show } from "./support/expectation.ts";
import { allSnippets, brokenClaims, examplesOf, fencesOf, importMap, prepare, typeErrors } from "./support/snippets.ts";
import type { Snippet } from "./support/snippets.ts";

const imports = importMap();
const load = (specifier: string): Promise<unknown> => import(/* @vite-ignore */ specifier);

// A snippet that writes a file writes it here.
const scratch = mkdtempSync(join(tmpdir(), "clientele-docs-"));
const home = process.cwd();
beforeAll(() => {
  process.chdir(scratch);
});
afterAll(() => {
  process.chdir(home);
  rmSync(scratch, { recursive: true });
});

describe("what is shown runs", () => {
  const prepared = allSnippets().map((snippet) => prepare(snippet, imports));
  const errors = typeErrors(prepared);

  test("and there is something to run", () => {
    expect(prepared.length).toBeGreaterThan(10);
  });

  for (const [i, one] of prepared.entries()) {
    test(`${one.snippet.file}:${one.snippet.line}`, async () => {
      expect(errors[i]).toEqual([]);
      expect(await brokenClaims(one, load)).toEqual([]);
    });
  }
});

describe("the check of what is shown", () => {
  const snippetOf = (code: string): Snippet => ({ file: "page.md", line: 10, code, imports: "automatic" });

  const good = [
    "1 + 1; // 2",
    "const two = 1 + 1; // prose is welcome here",
    "const two = 1 + 1; // => 2",
    "1 / 3; // 0.333",
    "1 / 3; // 0.333 — a third",
    "[1, 2].map((x) => x * 2); // [2, 4]",
    "new Int32Array(3); // Int32Array(3) [0, 0, 0]",
    "({ a: 1, b: [1, 2, 3] }); // { a: 1, b: [1, …] }",
    "({ a: 1, b: 2 }); // { a: 1, … }",
    'console.log("text"); // text',
    "console.log(1 / 3); // 0.33",
    "labelsOf([0]); // Int32Array [\n// 0,\n// ]",
    "labelsOf([-5]); // throws invalid-value",
    "1 + 1;\n// 2\n2 + 2;\n// Now something else.\n3 + 3; // 6",
    "const labels: Labels = labelsOf([]);",
    "for (const x of [1]) {\n  x; // 1\n}",
    "await Promise.resolve(1); // 1",
  ];
  const bad: [code: string, trouble: string][] = [
    ["1 + 1; // 3", "page.md:10 value: 3 wanted, got 2"],
    ["\n1 / 3; // 0.334", "page.md:11 value: 0.334 wanted"],
    ["1 / 3; // 0", "value: 0 wanted"],
    ["1 + 1;\n// 3", "page.md:10 value: 3 wanted, got 2"],
    ["const two = 1 + 1; // => 3", "value: 3 wanted, got 2"],
    ["1 + 1; // two", "the comment is not a value"],
    ["1 + 1; // 2 apples", "the comment is not a value"],
    ["[1, 2]; // [1]", "1 items wanted, got 2"],
    ["[1]; // Int32Array [1]", "Int32Array wanted, got Array"],
    ["({ a: 1, b: 2 }); // { a: 1 }", "also has b"],
    ["({ a: 1 }); // { b: 1, … }", "value.b: absent"],
    ["const x: string = 1;", "not assignable"],
    ["absentName;", "Cannot find name"],
    ["if (Date.UTC(2024) < 0) {\n  1; // 1\n}", "page.md:11 was never reached"],
    ["labelsOf([0]); // throws invalid-value", "nothing was thrown"],
    ["labelsOf([-5]); // throws too-large", "too-large wanted, got invalid-value"],
  ];
  // One program for all: building it is what costs.
  const prepared = [...good, ...bad.map(([code]) => code)].map((code) => prepare(snippetOf(code), imports));
  const types = typeErrors(prepared);
  const troubleOf = async (i: number): Promise<string[]> => {
    const errors = types[i] ?? [];
    const one = prepared[i];
    return errors.length > 0 || one === undefined ? errors : brokenClaims(one, load);
  };

  for (const [i, code] of good.entries()) {
    test(`accepts ${JSON.stringify(code)}`, async () => {
      expect(await troubleOf(i)).toEqual([]);
    });
  }

  for (const [i, [code, trouble]] of bad.entries()) {
    test(`refuses ${JSON.stringify(code)}`, async () => {
      expect((await troubleOf(good.length + i)).join("\n")).toContain(trouble);
    });
  }

  test("a snippet that throws fails", async () => {
    await expect(brokenClaims(prepare(snippetOf('throw new Error("boom");'), imports), load)).rejects.toThrow("boom");
  });

  test("a README snippet must import what it uses", () => {
    const readme: Snippet = { ...snippetOf("labelsOf([]);"), imports: "written" };
    expect(typeErrors([prepare(readme, imports)])[0]?.join()).toContain("Cannot find name 'labelsOf'");
  });

  test("finds @example blocks with the lines they have in the file", () => {
    const text =
      "/** One. */\n/**\n * Two.\n *\n * @example\n * f(1);\n *\n * f(2);\n * @see x\n */\n/** @example\n * g(1);\n */";
    expect(examplesOf("a.ts", text).map(({ line, code }) => [line, code])).toEqual([
      [6, "f(1);\n\nf(2);"],
      [12, "g(1);"],
    ]);
  });

  test("joins a continued block to its beginning and keeps the page's lines", () => {
    const text =
      "```ts\nconst a = 1;\n```\n\ntext\n\n```ts continued\na; // 2\n```\n\n```ts not-run: needs a server\nx\n```\n```sh\nls\n```";
    const [snippet, ...others] = fencesOf("page.md", text);
    expect(others).toEqual([]);
    expect(snippet?.code.split("\n")[6]).toBe("a; // 2");
    expect(snippet?.line).toBe(2);
    expect(() => fencesOf("page.md", "```ts nonsense\n```")).toThrow("nonsense");
  });

  test.each([
    [{ a: [1, { b: "x" }], c: null }],
    [Float64Array.of(0.5, NaN, -Infinity)],
    ['quote " and \n'],
    [{ "a key": -0 }],
    [{}],
  ])("reads back what it shows: %j", (value) => {
    expect(mismatch(value, parseExpectation(show(value)))).toBeUndefined();
  });
});
