import { existsSync, readFileSync } from "node:fs";
import type { Options } from "tsup";

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(new URL("./package.json", import.meta.url), "utf8")) as Manifest;

/** `exports` is the only list of rooms: "./dist/segments/index.js" is built from "src/segments/index.ts". */
function entriesOf(exports: Manifest["exports"]): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const [door, target] of Object.entries(exports)) {
    if (typeof target === "string") continue; // "./package.json" is served as it is
    const name = /^\.\/dist\/(.+)\.js$/.exec(target.default)?.[1];
    if (name === undefined || target.types !== `./dist/${name}.d.ts`) {
      throw new Error(`package.json: exports["${door}"] must point to dist/<room>/index.js and its index.d.ts`);
    }
    const source = `src/${name}.ts`;
    if (!existsSync(new URL(source, import.meta.url))) {
      throw new Error(`package.json: exports["${door}"] declares a room whose ${source} does not exist`);
    }
    entries[name] = source;
  }
  return entries;
}

const rooms = entriesOf(manifest.exports);

const options: Options = {
  entry: {
    ...rooms,
    // Not a door: a chunk of its own. @stdlib is CommonJS, which no bundler can prove unused inside a shared chunk; as a
    // file it is dropped whole from a bundle that needs none of it.
    "numeric/elementary": "src/numeric/elementary.ts",
  },
  format: "esm",
  platform: "neutral",
  target: "node20",
  splitting: true,
  treeshake: true,
  // Source maps would carry the sources and their paths into the tarball.
  sourcemap: false,
  clean: true,
  external: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  // @stdlib is a dev dependency on purpose: five functions bundle to 13 kB, installed they are 150 folders.
  noExternal: [/^@stdlib\//],
  // tsup 8 passes the deprecated `baseUrl` to the declaration build, which TypeScript 6 refuses without this.
  dts: { entry: rooms, compilerOptions: { ignoreDeprecations: "6.0" } },
};

export default options;
