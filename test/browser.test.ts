import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { binary, bundle, freshDist, scratchFolder } from "./support/built.ts";
import { withPage } from "./support/chromium.ts";
import { corpus } from "./support/corpus.ts";
import { describeWith } from "./support/needs.ts";

// "Same input, same bits on every runtime": one bundle of the built package, run everywhere over one corpus of calls.
const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const folder = scratchFolder("corpus");
let module = "";
let reference: Record<string, string> = {};

type Results = Record<string, string>;

beforeAll(async () => {
  module = await bundle('export { corpus } from "./corpus.ts";', { entries: freshDist() });
  writeFileSync(join(folder, "corpus.mjs"), module);
  writeFileSync(
    join(folder, "run.mjs"),
    'import { corpus } from "./corpus.mjs"; console.log(JSON.stringify(corpus()));',
  );
  reference = runIn("node");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function runIn(program: string, ...args: string[]): Results {
  const out = execFileSync(program, [...args, "run.mjs"], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
  return JSON.parse(out) as Results;
}

function hashOf(results: Results): string {
  return createHash("sha256").update(JSON.stringify(results)).digest("hex");
}

function expectSameBits(results: Results): void {
  // The names first: a hash that differs does not say where.
  const names = [...new Set([...Object.keys(reference), ...Object.keys(results)])];
  expect(names.filter((name) => results[name] !== reference[name])).toEqual([]);
  expect(hashOf(results)).toBe(hashOf(reference));
}

describe("the corpus of results", () => {
  test("is worth comparing", () => {
    expect(Object.keys(reference).length).toBeGreaterThan(20);
    expect(JSON.stringify(reference).length).toBeGreaterThan(10_000);
  });

  test("is the same from the sources and from the built package", () => {
    expectSameBits(corpus());
  });

  test("is the same in Node without WebAssembly, by the scalar twins", () => {
    writeFileSync(join(folder, "hide.cjs"), "delete globalThis.WebAssembly;");
    expectSameBits(runIn("node", "--require", "./hide.cjs"));
  });

  test("is the same in Deno", () => {
    expectSameBits(runIn(binary("deno"), "run", "--no-config", "--no-lock"));
  });

  test("is the same in Bun", () => {
    expectSameBits(runIn(binary("bun"), "run"));
  });

  test("would show one bit of difference", () => {
    const [name = ""] = Object.keys(reference).filter((key) => reference[key]?.includes("#"));
    const changed = { ...reference, [name]: `${reference[name] ?? ""}0` };
    expect(hashOf(changed)).not.toBe(hashOf(reference));
    expect(() => {
      expectSameBits(changed);
    }).toThrow(name);
  });
});

describeWith("the corpus of results", existsSync(chromium) ? [] : [`a browser at ${chromium}`], () => {
  let server: Server;
  let address = "";

  beforeAll(async () => {
    const page =
      '<!doctype html><meta charset="utf-8"><title>corpus</title><script type="module" src="/run.js"></script>';
    const run = 'import { corpus } from "/corpus.js"; globalThis.results = JSON.stringify(corpus());';
    server = createServer(({ url = "/" }, response) => {
      const [body, type] =
        url === "/corpus.js"
          ? [module, "text/javascript"]
          : url === "/run.js"
            ? [run, "text/javascript"]
            : [page, "text/html"];
      // A page at /strict may run our script and nothing else: no eval, no WebAssembly, no network.
      const policy = url === "/strict" ? { "content-security-policy": "default-src 'none'; script-src 'self'" } : {};
      response.writeHead(200, { "content-type": `${type}; charset=utf-8`, ...policy }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(() => {
    server.close();
  });

  test.each([
    ["/", true],
    ["/strict", false],
  ])("is the same in Chromium at %s (WebAssembly allowed: %s)", { timeout: 60_000 }, async (path, wasm) => {
    await withPage(chromium, async (page) => {
      await page.goto(address + path);
      const emptyModule = "new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))";
      // The check itself must not need eval, so it is evaluated by the debugger, which is above the policy, inside try.
      const allowed = await page.evaluate(`(() => { try { ${emptyModule}; return true; } catch { return false; } })()`);
      expect(allowed).toBe(wasm);
      await page.waitForFunction("globalThis.results !== undefined");
      expectSameBits(JSON.parse(await page.evaluate<string>("globalThis.results")) as Results);
    });
  });
});
