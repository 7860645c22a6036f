import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cruise } from "dependency-cruiser";
import type { ICruiseResult, IRegularForbiddenRuleType } from "dependency-cruiser";
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
import {
  adapterFiles,
  adapterRules,
  elementaryFile,
  elementaryRules,
  hostFile,
  hostRules,
  purityRules,
} from "../../eslint.purity.js";

const ground = ["core", "numeric", "tables"];
const stages = "events features segments journeys predictions anomalies trends experiments actions simulate".split(" ");
const outer = ["charts", "adapters", "report"];

/** Every room of the house; a folder that is not in this list is not a room. */
export const rooms: readonly string[] = [...ground, ...stages, ...outer];

/** Rooms that need an optional peer or an engine and are therefore not re-exported by the root index. */
export const detachedRooms: readonly string[] = ["report", "adapters"];

const anyStage = stages.join("|");

function forbid(
  name: string,
  from: IRegularForbiddenRuleType["from"],
  to: IRegularForbiddenRuleType["to"],
): IRegularForbiddenRuleType {
  return { name, severity: "error", from, to };
}

// core ← numeric ← tables ← stage rooms ← charts, adapters ← report; index re-exports all but report and adapters.
const importRules: IRegularForbiddenRuleType[] = [
  forbid("core-knows-nothing-else", { path: "^src/core/" }, { path: "^src/(?!core/)" }),
  forbid("numeric-knows-core-only", { path: "^src/numeric/" }, { path: "^src/(?!core/|numeric/)" }),
  forbid("tables-know-the-ground-only", { path: "^src/tables/" }, { path: "^src/(?!core/|numeric/|tables/)" }),
  forbid(
    "stage-rooms-meet-in-tables-only",
    { path: `^src/(${anyStage})/` },
    { path: "^src/", pathNot: "^src/(core|numeric|tables|$1)/" },
  ),
  forbid(
    "charts-and-adapters-look-down",
    { path: "^src/(charts|adapters)/" },
    { path: "^src/(charts|adapters|report|index\\.ts)", pathNot: "^src/$1/" },
  ),
  forbid("report-looks-down", { path: "^src/report/" }, { path: "^src/(adapters/|index\\.ts)" }),
  forbid("root-index-leaves-detached-rooms-out", { path: "^src/index\\.ts$" }, { path: "^src/(report|adapters)/" }),
  forbid("no-cycles", {}, { circular: true }),
  forbid("no-node-builtins", { path: "^src/(?!adapters/)" }, { dependencyTypes: ["core"] }),
  forbid("every-import-resolves", { path: "^src/" }, { couldNotResolve: true }),
  forbid("packages-are-declared", { path: "^src/" }, { dependencyTypes: ["npm-no-pkg", "npm-unknown"] }),
  // @stdlib is bundled into dist, so it is the one dev dependency that src/ may import; the peers are optional.
  forbid(
    "no-dev-dependencies",
    { path: "^src/" },
    { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["npm-peer"], pathNot: "node_modules/@stdlib/" },
  ),
];

/** One import that the architecture does not allow, or one package with two importers. */
export type Violation = string;

/** What {@link surveyImports} found. */
export interface ImportSurvey {
  /** How many source files were read; 0 means that nothing was checked. */
  readonly files: number;
  /** `rule: from → to`. */
  readonly violations: readonly Violation[];
  /** Who imports what: package name → importing files. */
  readonly importers: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the imports of a tree (type-only ones too) and holds the import rules against them.
 *
 * @param baseDir - the folder in which `src/` and its siblings lie.
 * @param areas - the folders below it that are read.
 * @returns the number of files, the broken rules, and the importers of every third-party package.
 */
export async function surveyImports(baseDir: string, areas: readonly string[]): Promise<ImportSurvey> {
  const { output } = await cruise([...areas], {
    baseDir,
    validate: true,
    ruleSet: { forbidden: importRules },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^src/numeric/kernels/assembly/|^dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".js", ".mjs", ".cjs", ".d.ts"],
    },
  });
  const result = output as ICruiseResult;
  const own = result.modules.filter((module) => areas.some((area) => module.source.startsWith(`${area}/`)));
  const importers = new Map<string, string[]>();
  for (const module of own) {
    const packages = module.dependencies
      .filter((dependency) => dependency.dependencyTypes.some((type) => type.startsWith("npm")))
      .map((dependency) => packageOf(dependency.module));
    for (const name of new Set(packages)) importers.set(name, [...(importers.get(name) ?? []), module.source]);
  }
  return {
    files: own.filter(({ source }) => source.endsWith(".ts")).length, // JSON that tests import is not a source
    violations: [
      ...result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
      ...own.filter(({ source }) => isHomeless(source)).map(({ source }) => `every-folder-is-a-room: ${source}`),
    ],
    importers,
  };
}

function isHomeless(source: string): boolean {
  const [area, room, file] = source.split("/");
  return area === "src" && (file === undefined ? room !== "index.ts" : !rooms.includes(room ?? ""));
}

/** `@stdlib/math-base-special-exp` counts as `@stdlib`: one family, one importer; `pure-rand/generator/x` as pure-rand. */
function packageOf(specifier: string): string {
  const [first, second] = specifier.split("/");
  if (first === undefined || first === "@stdlib") return "@stdlib";
  return first.startsWith("@") ? `${first}/${second ?? ""}` : first;
}

function areaOf(file: string): string {
  return file.slice(0, file.indexOf("/"));
}

/** The test runner and the generator of random inputs are the language tests are written in. */
const testLanguage = new Set(["vitest", "fast-check"]);

/**
 * One importer per third-party package and area: src, test, benchmarks, examples and scripts count separately. In test/
 * the importer is an oracle, a law or a support file, so that a package that goes has one place where it is missed.
 *
 * @param importers - who imports what, as {@link surveyImports} found it.
 * @returns one line per package that has more than one importer in an area, or one in the wrong place.
 */
export function crowdedPackages(importers: ImportSurvey["importers"]): Violation[] {
  const violations: Violation[] = [];
  for (const [name, files] of importers) {
    for (const area of new Set(files.map(areaOf))) {
      const inArea = files.filter((file) => areaOf(file) === area);
      if (area === "test" && testLanguage.has(name)) continue;
      if (inArea.length > 1) violations.push(`one-importer-per-package: ${name} in ${inArea.toSorted().join(", ")}`);
      for (const file of inArea) {
        if (area === "test" && !/^test\/(oracles|support|laws)\//.test(file)) {
          violations.push(`tests-reach-packages-by-oracles-and-support: ${name} in ${file}`);
        }
      }
    }
  }
  return violations.toSorted();
}

const linter = new Linter();

function purityConfigOf(file: string): Linter.Config["rules"] {
  if (file === hostFile) return { ...purityRules, ...hostRules };
  if (file === elementaryFile) return { ...purityRules, ...elementaryRules };
  if (file.startsWith(adapterFiles)) return { ...purityRules, ...adapterRules };
  return purityRules;
}

/**
 * Clock, randomness, console, I/O, locale, native transcendental functions, code from strings, spread data: what src/
 * may not touch. The rules are those of the linter, so that they hold whether or not somebody lints.
 *
 * @param baseDir - the folder in which `src/` lies.
 * @param file - a path below it.
 * @returns `file:line rule message` for every impure spot.
 */
export function impurities(baseDir: string, file: string): Violation[] {
  const messages = linter.verify(
    readFileSync(join(baseDir, file), "utf8"),
    {
      files: ["**/*.ts"],
      languageOptions: { parser: tseslint.parser },
      // A file cannot excuse itself: a ban that needs an exception gets it in eslint.purity.js, where it is seen.
      linterOptions: { noInlineConfig: true },
      rules: purityConfigOf(file) ?? {},
    },
    { filename: file },
  );
  return messages.map(({ line, ruleId, message }) => `${file}:${line} ${ruleId ?? "parse"}: ${message}`);
}
