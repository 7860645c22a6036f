import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "./typescript.ts";

/** The folder that holds package.json. */
export const projectRoot: string = resolve(import.meta.dirname, "../..");

/** What the tests read of package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * package.json of the project.
 *
 * @returns the parsed file.
 */
export function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")) as Manifest;
}

/**
 * The rooms that exist: folders of src with a public face.
 *
 * @returns room names in alphabetical order.
 */
export function existingRooms(): string[] {
  return readdirSync(join(projectRoot, "src"))
    .filter((name) => existsSync(join(projectRoot, "src", name, "index.ts")))
    .toSorted();
}

/**
 * All TypeScript sources below src, without the generated and the AssemblyScript ones.
 *
 * @returns paths below the project root, in alphabetical order.
 */
export function sourceFiles(): string[] {
  return readdirSync(join(projectRoot, "src"), { recursive: true, encoding: "utf8" })
    .map((name) => `src/${name}`)
    .filter((name) => name.endsWith(".ts") && !name.startsWith("src/numeric/kernels/assembly/"))
    .toSorted();
}

/**
 * A type-checked program over files of the project and texts that exist in memory only.
 *
 * @param files - absolute paths.
 * @param virtual - text by absolute path; these files are part of the program.
 * @param overrides - compiler options that differ from tsconfig.json.
 * @returns the program.
 */
export function programOf(
  files: readonly string[],
  virtual: ReadonlyMap<string, string> = new Map(),
  overrides: ts.CompilerOptions = {},
): ts.Program {
  const { config } = ts.readConfigFile(join(projectRoot, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, projectRoot);
  const host = ts.createCompilerHost({ ...options, ...overrides });
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (path) => virtual.get(path) ?? readFile.call(host, path);
  host.fileExists = (path) => virtual.has(path) || fileExists.call(host, path);
  host.getSourceFile = (path, languageVersion, ...rest) => {
    const text = virtual.get(path);
    if (text === undefined) return getSourceFile.call(host, path, languageVersion, ...rest);
    return ts.createSourceFile(path, text, languageVersion, true);
  };
  return ts.createProgram([...files, ...virtual.keys()], { ...options, ...overrides }, host);
}

/** One name that a room exports. */
export interface PublicName {
  readonly room: string;
  readonly name: string;
  readonly kind: "function" | "class" | "const" | "type";
  readonly symbol: ts.Symbol;
}

function kindOf(symbol: ts.Symbol): PublicName["kind"] {
  if (symbol.flags & ts.SymbolFlags.Function) return "function";
  if (symbol.flags & ts.SymbolFlags.Class) return "class";
  return symbol.flags & ts.SymbolFlags.Value ? "const" : "type";
}

/**
 * What a module exports, aliases followed to the declaration.
 *
 * @param program - a program that contains the module.
 * @param file - absolute path of the module.
 * @param room - the room's name, carried into the result.
 * @returns exported names in alphabetical order.
 */
export function publicNames(program: ts.Program, file: string, room: string): PublicName[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} is not a module`);
  return checker
    .getExportsOfModule(module)
    .map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      return { room, name: exported.name, kind: kindOf(symbol), symbol };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
