import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { projectRoot, readManifest, sourceFiles } from "./project.ts";

const generated = "src/numeric/kernels/wasm-bytes.ts"; // rewritten from its own sources, whose age counts instead

function changedAt(path: string): number {
  return statSync(join(projectRoot, path)).mtimeMs;
}

/**
 * Refuses to go on with a build that is missing or older than a source: it would test yesterday's code.
 *
 * @returns the entry files of dist by specifier: `clientele/segments` → absolute path.
 */
export function freshDist(): Record<string, string> {
  const entries: Record<string, string> = {};
  const { name, exports } = readManifest();
  for (const [door, target] of Object.entries(exports)) {
    if (typeof target === "string") continue;
    for (const file of [target.default, target.types]) {
      if (!existsSync(join(projectRoot, file))) throw new Error(`${file} is missing: npm run build`);
    }
    entries[door.replace(/^\./u, name)] = join(projectRoot, target.default);
  }
  const assembly = readdirSync(join(projectRoot, "src/numeric/kernels/assembly"));
  const sources = [
    ...sourceFiles().filter((file) => file !== generated),
    ...assembly.map((file) => `src/numeric/kernels/assembly/${file}`),
    "package.json",
    "tsup.config.ts",
  ];
  const built = Math.min(...Object.values(entries).map((path) => statSync(path).mtimeMs));
  const newer = sources.filter((file) => changedAt(file) > built);
  if (newer.length > 0) throw new Error(`dist is older than ${newer.slice(0, 3).join(", ")}: npm run build`);
  return entries;
}

/** What npm packed. */
export interface Tarball {
  readonly path: string;
  /** Paths inside the package, in alphabetical order. */
  readonly files: readonly string[];
  readonly packedBytes: number;
}

/**
 * Packs the built package as it would be published.
 *
 * @param folder - where the tarball is put.
 * @returns the tarball and its list of files.
 */
export function packInto(folder: string): Tarball {
  const out = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: projectRoot,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const answer = JSON.parse(out) as unknown;
  // npm 11 answers with a list, later ones with an object keyed by package name.
  const [report] = (Array.isArray(answer) ? answer : Object.values(answer as object)) as {
    filename: string;
    size: number;
    files: { path: string }[];
  }[];
  if (report === undefined) throw new Error("npm pack said nothing");
  const files = report.files.map(({ path }) => path).toSorted();
  return { path: join(folder, report.filename), files, packedBytes: report.size };
}

/** How {@link bundle} bundles. */
export interface BundleOptions {
  /** Where `clientele` and its rooms are found. */
  readonly entries: Readonly<Record<string, string>>;
  readonly minify?: boolean;
  /** Packages that stay imports. */
  readonly external?: readonly string[];
}

/**
 * Bundles a module with everything it imports from the built package.
 *
 * @param code - the module; imports are resolved from `test/support`.
 * @param options - where the built package is.
 * @returns one ES module without imports.
 */
export async function bundle(code: string, { entries, minify = false, external = [] }: BundleOptions): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    write: false,
    logLevel: "error", // esbuild remarks on its own bare imports of chunks that have no side effects
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2022",
    minify,
    external: [...external],
    // The project's own tsconfig maps clientele to src; here the built package is meant.
    tsconfigRaw: {},
    plugins: [
      {
        name: "built-package",
        setup({ onResolve }) {
          onResolve({ filter: /^clientele(\/|$)/ }, ({ path }) => {
            const found = entries[path];
            return found === undefined
              ? { errors: [{ text: `${path} is not a door of the package` }] }
              : { path: found, sideEffects: false };
          });
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}

/**
 * A folder that lives as long as a test file.
 *
 * @param name - what it is for.
 * @returns its absolute path.
 */
export function scratchFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `clientele-${name}-`));
}

/**
 * A program that an npm package of ours brings.
 *
 * @param name - its name in node_modules/.bin.
 * @returns the absolute path.
 */
export function binary(name: string): string {
  return join(projectRoot, "node_modules/.bin", name);
}

/**
 * Bundles a program of the project with the library's sources, so that a test can start it many times without waiting for a
 * compiler.
 *
 * @param entry - the program, relative to the project.
 * @param outfile - where it is put; must lie where node finds the project's packages.
 */
export async function bundleProgram(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(projectRoot, entry)],
    outfile,
    bundle: true,
    logLevel: "error",
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    tsconfig: join(projectRoot, "tsconfig.json"), // maps clientele to src
  });
}
