import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { binary, bundle, freshDist, packInto, scratchFolder } from "./support/built.ts";
import type { Tarball } from "./support/built.ts";
import { projectRoot, readManifest } from "./support/project.ts";
import { fencesOf } from "./support/snippets.ts";
import ts from "./support/typescript.ts";

// What is published, not what is in the repository: the tarball, installed as a stranger would.
const folder = scratchFolder("package");
const consumer = join(folder, "consumer");
const { dependencies, exports } = readManifest();
let entries: Record<string, string> = {};
let tarball: Tarball;

beforeAll(() => {
  entries = freshDist();
  tarball = packInto(folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(program: string, args: readonly string[], cwd = consumer): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${String(status)}\n${stdout}\n${stderr}`);
  return stdout;
}

describe("the tarball", () => {
  test("holds the build, the manifest, the README and the license, and nothing else", () => {
    const others = tarball.files.filter((file) => !/^dist\/(?:[a-z]+\/)?[\w-]+\.(?:js|d\.ts)$/u.test(file));
    expect(others).toEqual(["LICENSE", "README.md", "package.json"]);
    for (const target of Object.values(exports)) {
      const files = typeof target === "string" ? [target] : [target.types, target.default];
      for (const file of files) expect(tarball.files).toContain(file.replace("./", ""));
    }
  });

  test("stays small and says nothing about the machine that built it", () => {
    expect(tarball.packedBytes).toBeLessThan(1_000_000);
    const built = tarball.files.filter((file) => file.startsWith("dist/"));
    const leaks = built.filter((file) => readFileSync(join(projectRoot, file), "utf8").includes(projectRoot));
    expect(leaks).toEqual([]);
  });

  test("runs no script when it is installed", () => {
    const { scripts } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as { scripts: object };
    expect(
      Object.keys(scripts).filter((name) => /^(?:(?:pre|post)?install|(?:pre|post)?prepare)$/u.test(name)),
    ).toEqual([]);
  });

  test("has the three dependencies that were decided upon, at fixed versions", () => {
    expect(Object.keys(dependencies).toSorted()).toEqual(["@noble/hashes", "ml-matrix", "pure-rand"]);
    expect(Object.values(dependencies).filter((version) => !/^\d+\.\d+\.\d+$/u.test(version))).toEqual([]);
  });

  test("passes publint", { timeout: 60_000 }, () => {
    run(binary("publint"), ["run", "--strict", tarball.path], folder);
  });

  test("has types that every resolver of ES modules finds", { timeout: 60_000 }, () => {
    run(binary("attw"), [tarball.path, "--profile", "esm-only", "--no-color"], folder);
  });
});

describe("the package, installed", () => {
  const quickStart = (): string => {
    const snippets = fencesOf("README.md", readFileSync(join(projectRoot, "README.md"), "utf8"));
    const [first] = snippets;
    if (first === undefined) throw new Error("README.md shows no TypeScript");
    return first.code;
  };
  const transpile = (code: string, module: ts.ModuleKind): string =>
    ts.transpileModule(code, { compilerOptions: { module, target: ts.ScriptTarget.ES2022 } }).outputText;
  const plainPrinting = `const print = console.log;
    const plain = (_, value) => (ArrayBuffer.isView(value) ? [value.constructor.name, ...value] : value);
    console.log = console.table = (...values) => print(...values.map((value) => JSON.stringify(value, plain)));`;
  let expected = "";

  beforeAll(() => {
    mkdirSync(consumer);
    writeFileSync(join(consumer, "package.json"), JSON.stringify({ private: true, type: "module" }));
    // What the repository has installed is in npm's cache; --prefer-offline asks the registry for nothing else.
    run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", tarball.path]);
    const code = quickStart();
    // Runtimes print an array or a table each in their own way; what was printed is compared, not how.
    writeFileSync(join(consumer, "print.mjs"), plainPrinting);
    const printing = `import "./print.mjs";\n${code}`;
    writeFileSync(join(consumer, "quick-start.ts"), printing);
    writeFileSync(join(consumer, "quick-start.mjs"), transpile(printing, ts.ModuleKind.ESNext));
    writeFileSync(join(consumer, "quick-start.cjs"), transpile(printing, ts.ModuleKind.CommonJS));
    writeFileSync(join(consumer, "as-shown.mjs"), transpile(code, ts.ModuleKind.ESNext));
    writeFileSync(join(consumer, "deno.json"), JSON.stringify({ nodeModulesDir: "manual" }));
    const doors = Object.keys(exports).filter((door) => door !== "./package.json" && door !== "./report");
    const lines = doors.map((door) => `import ${JSON.stringify(door.replace(".", "clientele"))};`);
    writeFileSync(join(consumer, "doors.mjs"), `${lines.join("\n")}\nconsole.log("open");\n`);
    expected = run("node", ["quick-start.mjs"]);
  }, 180_000);

  test("brings its dependencies and no peer", () => {
    for (const name of Object.keys(dependencies)) expect(existsSync(join(consumer, "node_modules", name))).toBe(true);
    expect(existsSync(join(consumer, "node_modules/vega"))).toBe(false);
  });

  test("prints something in the README's quick start", () => {
    expect(expected.trim()).not.toBe("");
  });

  test("runs the quick start by require", () => {
    expect(run("node", ["quick-start.cjs"])).toBe(expected);
  });

  test("runs the quick start in Deno", () => {
    expect(run(binary("deno"), ["run", "quick-start.ts"])).toBe(expected);
  });

  test("type-checks the quick start in Deno", { timeout: 60_000 }, () => {
    run(binary("deno"), ["check", "quick-start.ts"]);
  });

  test("runs the quick start in Bun", () => {
    expect(run(binary("bun"), ["run", "quick-start.ts"])).toBe(expected);
  });

  test("runs without permission to write, to connect, to start processes or workers", () => {
    expect(run("node", ["--experimental-permission", "--allow-fs-read=*", "quick-start.mjs"])).toBe(expected);
    expect(() =>
      run("node", ["--experimental-permission", "--allow-fs-read=*", "-e", 'fs.writeFileSync("x", "")']),
    ).toThrow("ERR_ACCESS_DENIED");
  });

  test("runs with frozen intrinsics and without __proto__", () => {
    // The console is frozen too, so it prints in its own way.
    const out = run("node", ["--disable-proto=throw", "--frozen-intrinsics", "--no-warnings", "as-shown.mjs"]);
    expect(out.trim()).not.toBe("");
  });

  test("opens every door under the same restrictions", () => {
    const restricted = [
      "--experimental-permission",
      "--allow-fs-read=*",
      "--disable-proto=throw",
      "--frozen-intrinsics",
    ];
    expect(run("node", [...restricted, "--no-warnings", "doors.mjs"])).toBe("open\n");
  });

  test(
    "has declarations that check in a project without Node's types, without the DOM and without skipLibCheck",
    { timeout: 60_000 },
    () => {
      const doors = Object.keys(exports).filter((door) => door !== "./package.json");
      const uses = doors.map(
        (door, i) => `export * as room${i} from ${JSON.stringify(door.replace(".", "clientele"))};`,
      );
      writeFileSync(join(consumer, "uses.ts"), uses.join("\n"));
      const program = ts.createProgram([join(consumer, "uses.ts")], {
        lib: ["lib.es2022.d.ts"],
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        noEmit: true,
        skipLibCheck: false,
        strict: true,
        target: ts.ScriptTarget.ES2022,
        types: [],
      });
      const messages = ts
        .getPreEmitDiagnostics(program)
        .map(({ file, messageText }) => `${file?.fileName ?? ""} ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
      expect(messages).toEqual([]);
    },
  );
});

describe("the build's doors, each loaded by itself", () => {
  const shown = (code: string): string[] => {
    const load = (door: string): string => `await import(${JSON.stringify(entries[`clientele/${door}`])})`;
    const program = `const { chartElbow } = ${load("charts")};
      const chart = chartElbow({ k: [1, 2, 3, 4], withinSquares: [90, 30, 12, 10], knee: 3 });
      const keys = () => console.log(Object.keys(chart[Symbol.for("Jupyter.display")]()).join());
      ${code.replaceAll(/load\("(\w+)"\)/gu, (_, door: string) => load(door))}`;
    return run("node", ["--input-type=module", "-e", program], projectRoot).trim().split("\n");
  };
  const specs = "application/vnd.vegalite.v6+json,application/vnd.vegalite.v5+json";

  test("show a chart with its picture in a notebook that loads clientele/report, and without it in one that does not", () => {
    expect(shown('keys(); load("report"); keys();')).toEqual([
      `${specs},text/plain`,
      `${specs},image/svg+xml,text/plain`,
    ]);
  });

  test("show the same when bundled: the picture comes with what draws it, and goes with it", async () => {
    const code = (imports: string): string => `${imports}
      console.log(Object.keys(chartElbow({ k: [1, 2, 3], withinSquares: [9, 3, 1], knee: 2 })[Symbol.for("Jupyter.display")]()).join());`;
    const both =
      'import { chartElbow } from "clientele"; import { renderSvg } from "clientele/report"; globalThis.draw = renderSvg;';
    const file = join(projectRoot, "node_modules/.cache/displayed.mjs");
    const printed = async (imports: string): Promise<string> => {
      mkdirSync(join(projectRoot, "node_modules/.cache"), { recursive: true });
      writeFileSync(file, await bundle(code(imports), { entries, external: ["vega", "vega-lite"] }));
      return run("node", [file], projectRoot).trim();
    };
    expect(await printed(both)).toBe(`${specs},image/svg+xml,text/plain`);
    const unused = 'import { chartElbow } from "clientele/charts"; import { renderSvg } from "clientele/report";';
    expect(await printed(unused)).toBe(`${specs},text/plain`);
    rmSync(file);
  });
});

describe("a bundle of one function", () => {
  const wasmHeader = "AGFzbQ"; // base64 of "\\0asm", with which the kernels begin
  const bundleOf = (code: string): Promise<string> => bundle(code, { entries, minify: true });

  test("leaves the other rooms out", async () => {
    const text = await bundleOf(
      'import { groupCount } from "clientele"; console.log(groupCount({ starts: new Uint32Array(3) }));',
    );
    expect(text).toContain("length-1");
    expect(gzipSync(text).length).toBeLessThan(1000);
  });

  test("leaves the kernels out where nothing is clustered", async () => {
    const text = await bundleOf('import { deriveRfm, scoreRfm } from "clientele"; console.log(deriveRfm, scoreRfm);');
    expect(text).not.toContain(wasmHeader);
    expect(gzipSync(text).length).toBeLessThan(12_000);
  });

  test("brings the kernels where they are used", async () => {
    const text = await bundleOf('import { fitKMeans } from "clientele"; console.log(fitKMeans);');
    expect(text).toContain(wasmHeader);
    expect(gzipSync(text).length).toBeLessThan(40_000);
  });
});
