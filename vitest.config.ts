import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";
import { configDefaults } from "vitest/config";

const src = fileURLToPath(new URL("./src", import.meta.url));

const config: ViteUserConfig = {
  resolve: {
    // Tests, like the type checker, read the sources; only the package tests read dist.
    alias: [
      { find: /^clientele$/, replacement: `${src}/index.ts` },
      { find: /^clientele\/([a-z-]+)$/, replacement: `${src}/$1/index.ts` },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: [...configDefaults.exclude, "test/fixtures/**"],
    // Forks, not threads: the kernels' memory and the runtimes that tests start belong to one process each.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
};

export default config;
