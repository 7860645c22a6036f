import type { KnipConfig } from "knip";

const config: KnipConfig = {
  entry: [
    "src/*/index.ts",
    "src/index.ts",
    "test/**/*.test.ts",
    "examples/*/main.ts",
    "examples/*.ts",
    "benchmarks/run.ts",
    "scripts/*.mjs",
  ],
  project: ["src/**/*.ts", "test/**/*.ts", "examples/**/*.ts", "benchmarks/**/*.ts", "scripts/**/*.mjs", "*.{js,ts}"],
  ignore: ["src/numeric/kernels/assembly/**", "src/numeric/kernels/wasm-bytes.ts"],
  // A type that documents a public function may be exported for its own sake.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
