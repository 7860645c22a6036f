import type { KnipConfig } from "knip";

const config: KnipConfig = {
  entry: [
    "src/*/index.ts",
    "src/index.ts",
    "test/**/*.test.ts",
    "examples/*/main.ts",
    "examples/browser/worker.ts", // bundled as a program of its own
    "examples/service/load.ts", // a program of its own: the load test
    "benchmarks/run.ts",
    "benchmarks/memory.ts", // started as a process of its own, as is
    "benchmarks/memory-kmeans.ts",
    "scripts/*.mjs",
  ],
  project: ["src/**/*.ts", "test/**/*.ts", "examples/**/*.ts", "benchmarks/**/*.ts", "scripts/**/*.mjs", "*.{js,ts}"],
  ignore: ["src/numeric/kernels/assembly/**", "src/numeric/kernels/wasm-bytes.ts", "eslint.purity.d.ts"],
  // Programs that the tests start, found by their name in node_modules/.bin.
  ignoreBinaries: ["jupyter"], // Debian's
  ignoreDependencies: ["@arethetypeswrong/cli", "bun", "deno", "publint"],
  // Types of the public functions are exported for the declarations' sake, whether or not another file names them.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
