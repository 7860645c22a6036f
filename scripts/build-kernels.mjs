// Compiles src/numeric/kernels/assembly to WebAssembly and writes it, as base64, into a TypeScript module: the one
// carrier that tsup, vitest, Deno, Bun and browsers all read. Does nothing while the output is newer than its sources.
import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = join(root, "src/numeric/kernels/assembly");
const output = join(root, "src/numeric/kernels/wasm-bytes.ts");

async function changedAt(path) {
  return stat(path).then(
    (found) => found.mtimeMs,
    () => -Infinity,
  );
}

async function newestSource() {
  const files = (await readdir(sources)).map((name) => join(sources, name));
  const times = await Promise.all([...files, fileURLToPath(import.meta.url)].map(changedAt));
  return Math.max(...times);
}

async function compile() {
  const { default: asc } = await import("assemblyscript/asc");
  const folder = await mkdtemp(join(tmpdir(), "clientele-kernels-"));
  try {
    const binary = join(folder, "kernels.wasm");
    const { error, stderr } = await asc.main([
      join(sources, "index.ts"),
      "--outFile",
      binary,
      ...["--runtime", "stub", "--enable", "simd", "-O3", "--noAssert", "--importMemory"],
    ]);
    if (error) throw new Error(`build-kernels: ${error.message}\n${stderr.toString()}`);
    return await readFile(binary);
  } finally {
    await rm(folder, { recursive: true });
  }
}

if ((await changedAt(output)) < (await newestSource())) {
  const bytes = await compile();
  // Written beside and renamed: another build or test may be reading.
  const unfinished = `${output}.${process.pid}`;
  await writeFile(
    unfinished,
    `// Made by scripts/build-kernels.mjs from assembly/*.ts; not kept in git.\n` +
      `/** The compiled kernels, base64. */\nexport const wasmBytes: string =\n  "${bytes.toString("base64")}";\n`,
  );
  await rename(unfinished, output);
  process.stdout.write(`kernels: ${bytes.length} bytes of WebAssembly\n`);
}
