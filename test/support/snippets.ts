import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { NotAValue, isOpenEnded, mismatch, parseExpectation, show } from "./expectation.ts";
import type { Expectation } from "./expectation.ts";
import { existingRooms, programOf, projectRoot, publicNames, sourceFiles } from "./project.ts";
import ts from "./typescript.ts";

/** A piece of code that is shown to people. The convention is written down in docs/contributing.md. */
export interface Snippet {
  /** Path below the project root. */
  readonly file: string;
  /** Line of the snippet's first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** A README is copied whole, so it imports what it uses; everywhere else exported names are imported for the reader. */
  readonly imports: "automatic" | "written";
}

/**
 * The `@example` blocks of a TypeScript source.
 *
 * @param file - path below the project root.
 * @param text - the source.
 * @returns one snippet per block.
 */
export function examplesOf(file: string, text: string): Snippet[] {
  const snippets: Snippet[] = [];
  for (const comment of text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gmu)) {
    let line = text.slice(0, comment.index).split("\n").length;
    let current: { line: number; code: string[] } | undefined;
    const close = (): void => {
      if (current) snippets.push({ file, line: current.line, code: trimmed(current.code), imports: "automatic" });
      current = undefined;
    };
    for (const raw of comment[0].split("\n")) {
      const content = raw.replace(/^\s*(?:\/\*\*|\*\/|\*) ?/u, "").replace(/\s*\*\/\s*$/u, "");
      const tag = /^@(\w+)/u.exec(content)?.[1];
      if (tag !== undefined) {
        close();
        if (tag === "example") current = { line: line + 1, code: [] };
      } else if (current && !/^```/u.test(content)) current.code.push(content);
      line++;
    }
    close();
  }
  return snippets;
}

function trimmed(lines: readonly string[]): string {
  return lines.join("\n").trimEnd();
}

/**
 * The ```ts blocks of a Markdown page. A block marked `ts continued` goes on where the one before it ended; a block
 * marked `ts not-run: reason` is shown only.
 *
 * @param file - path below the project root.
 * @param text - the page.
 * @returns one snippet per block, continued blocks joined to their beginning.
 */
export function fencesOf(file: string, text: string): Snippet[] {
  const snippets: Snippet[] = [];
  const imports = file === "README.md" ? "written" : "automatic";
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(\s*)```(\w+)\s*(.*)$/u.exec(lines[i] ?? "");
    if (fence === null) continue;
    const [, indent = "", language, mark = ""] = fence;
    const start = i + 1;
    while (++i < lines.length && lines[i]?.trim() !== "```");
    if (language !== "ts" && language !== "typescript") continue;
    const code = lines.slice(start, i).map((line) => line.slice(indent.length));
    if (mark === "") snippets.push({ file, line: start + 1, code: trimmed(code), imports });
    else if (mark === "continued") {
      const begun = snippets.pop();
      if (begun === undefined) throw new Error(`${file}:${start} continues nothing`);
      // Blank lines keep the numbering of the page.
      const gap = "\n".repeat(start + 1 - begun.line - begun.code.split("\n").length + 1);
      snippets.push({ ...begun, code: begun.code + gap + trimmed(code) });
    } else if (!/^not-run: \S/u.test(mark)) {
      throw new Error(`${file}:${start} has the mark "${mark}"; known are "continued" and "not-run: reason"`);
    }
  }
  return snippets;
}

/**
 * Every snippet of the project: `@example`s, README.md, docs/guide.
 *
 * @returns snippets by file, then by line.
 */
export function allSnippets(): Snippet[] {
  const guide = join(projectRoot, "docs/guide");
  const pages = existsSync(guide) ? readdirSync(guide).filter((name) => name.endsWith(".md")) : [];
  const markdown = ["README.md", ...pages.toSorted().map((name) => `docs/guide/${name}`)];
  const read = (file: string): string => readFileSync(join(projectRoot, file), "utf8");
  return [
    ...sourceFiles().flatMap((file) => examplesOf(file, read(file))),
    ...markdown.filter((file) => existsSync(join(projectRoot, file))).flatMap((file) => fencesOf(file, read(file))),
  ];
}

/** What a comment of a snippet claims about a value. */
interface Claim {
  readonly line: number;
  readonly wanted: Expectation | { readonly kind: "throws"; readonly code: string } | { readonly kind: "unreadable" };
  readonly comment: string;
}

/** A snippet made ready to be type-checked and run. */
export interface Prepared {
  readonly snippet: Snippet;
  /** The module as a reader would write it: imports and code, in the snippet's own lines. */
  readonly module: string;
  /** The same with claims replaced by calls; CommonJS, so that its imports can be handed in. */
  readonly runnable: string;
  readonly specifiers: readonly string[];
  readonly claims: readonly Claim[];
}

/**
 * Where every public name is imported from.
 *
 * @returns specifier by name; a name of two rooms is imported from the first.
 */
export function importMap(): Map<string, string> {
  const rooms = existingRooms();
  const files = rooms.map((room) => join(projectRoot, "src", room, "index.ts"));
  const program = programOf(files);
  const map = new Map<string, string>();
  for (const [i, room] of rooms.entries()) {
    for (const { name } of publicNames(program, files[i] ?? "", room)) {
      if (!map.has(name)) map.set(name, `clientele/${room}`);
    }
  }
  return map;
}

function namesIn(source: ts.SourceFile): { used: Set<string>; declared: Set<string> } {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isName = "name" in parent && parent.name === node;
      if (isName && !ts.isPropertyAccessExpression(parent) && !ts.isPropertyAssignment(parent)) {
        // { k } reads k although it also names a property.
        if (ts.isShorthandPropertyAssignment(parent)) used.add(node.text);
        else declared.add(node.text);
      } else if (!isName) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { used, declared };
}

/** A comment with the comment lines below it while a bracket is open. */
function wholeComment(text: string, first: string, end: number): string {
  let comment = first;
  let at = end;
  while (isOpenEnded(comment)) {
    const next = /^\r?\n[ \t]*\/\/(.*)/u.exec(text.slice(at));
    if (next === null) break;
    comment += ` ${(next[1] ?? "").trim()}`;
    at += next[0].length;
  }
  return comment.trim();
}

/** The comment after a statement on its last line; or alone on the next line, if it reads as a value there. */
function commentAfter(text: string, end: number): string | undefined {
  const range = ts.getTrailingCommentRanges(text, end)?.[0];
  if (range?.kind === ts.SyntaxKind.SingleLineCommentTrivia) {
    return wholeComment(text, text.slice(range.pos + 2, range.end), range.end);
  }
  const below = /^[ \t]*\r?\n[ \t]*\/\/(.*)/u.exec(text.slice(end));
  if (range !== undefined || below === null) return undefined;
  const comment = wholeComment(text, below[1] ?? "", end + below[0].length);
  return readClaim(comment, 0).wanted.kind === "unreadable" ? undefined : comment;
}

function readClaim(comment: string, line: number): Claim {
  const code = /^(?:=>\s*)?throws ([a-z-]+)/u.exec(comment)?.[1];
  if (code !== undefined) return { line, comment, wanted: { kind: "throws", code } };
  try {
    return { line, comment, wanted: parseExpectation(comment) };
  } catch (error) {
    if (error instanceof NotAValue) return { line, comment, wanted: { kind: "unreadable" } };
    throw error;
  }
}

function loggedArgument(expression: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(expression) || expression.expression.getText() !== "console.log") return undefined;
  return expression.arguments.length === 1 ? expression.arguments[0] : undefined;
}

/**
 * Adds the imports and turns the comments into checks.
 *
 * @param snippet - the code as shown.
 * @param imports - specifier by public name.
 * @returns the module to type-check and the module to run.
 */
export function prepare(snippet: Snippet, imports: ReadonlyMap<string, string>): Prepared {
  const source = ts.createSourceFile("snippet.ts", snippet.code, ts.ScriptTarget.ES2023, true);
  const claims: Claim[] = [];
  const edits: { start: number; end: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const isStatement = ts.isExpressionStatement(node);
    const declaration = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : undefined;
    const comment = isStatement || declaration ? commentAfter(snippet.code, node.end) : undefined;
    const expression = isStatement ? node.expression : declaration?.initializer;
    // After a declaration a comment may be prose; only an arrow makes it a claim.
    if (comment !== undefined && expression && (isStatement || comment.startsWith("=>"))) {
      const line = snippet.line + source.getLineAndCharacterOfPosition(node.getStart()).line;
      const claim = readClaim(comment, line);
      const target = loggedArgument(expression) ?? expression;
      const index = claims.push(claim) - 1;
      const [open, close] = claim.wanted.kind === "throws" ? ["() => (", ")"] : ["(", ")"];
      edits.push({ start: target.getStart(), end: target.getStart(), text: `__claim(${index}, ${open}` });
      edits.push({ start: target.end, end: target.end, text: `${close})` });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  let checked = snippet.code;
  for (const { start, end, text } of edits.toSorted((a, b) => b.start - a.start)) {
    checked = checked.slice(0, start) + text + checked.slice(end);
  }
  const { used, declared } = namesIn(source);
  const wanted =
    snippet.imports === "automatic" ? [...used].filter((name) => !declared.has(name) && imports.has(name)) : [];
  // On one line, so that the numbering of the snippet stays.
  const header = wanted.map((name) => `import { ${name} } from "${imports.get(name) ?? ""}";`).join(" ");
  const runnable = ts.transpileModule(`${header} export {}; ${checked}`, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023, esModuleInterop: true },
  }).outputText;
  const specifiers = [...runnable.matchAll(/\brequire\("([^"]+)"\)/gu)].map(([, specifier]) => specifier ?? "");
  return { snippet, module: `${header} export {};\n${snippet.code}\n`, runnable, specifiers, claims };
}

/**
 * Type-checks snippets as one program.
 *
 * @param prepared - snippets.
 * @returns per snippet, `file:line message` for every error.
 */
export function typeErrors(prepared: readonly Prepared[]): string[][] {
  const pathOf = (i: number): string => join(projectRoot, "test", `__snippet-${i}.ts`);
  const program = programOf([], new Map(prepared.map(({ module }, i) => [pathOf(i), module])), {
    noUnusedLocals: false,
    noUnusedParameters: false,
    verbatimModuleSyntax: false,
    isolatedDeclarations: false,
    declaration: false,
  });
  return prepared.map(({ snippet }, i) => {
    const source = program.getSourceFile(pathOf(i));
    const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return diagnostics.map(({ start, messageText }) => {
      const line = snippet.line - 1 + (source?.getLineAndCharacterOfPosition(start ?? 0).line ?? 0);
      return `${snippet.file}:${line} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  });
}

type Run = (
  exports: object,
  require: (specifier: string) => unknown,
  claim: (index: number, value: unknown) => unknown,
  console: object,
) => Promise<void>;

const AsyncFunction = (async () => {}).constructor as new (...parameters: string[]) => Run;

/**
 * Runs a snippet and holds its claims against what happened.
 *
 * @param prepared - the snippet.
 * @param load - how a module is imported.
 * @returns `file:line message` for every broken claim.
 */
export async function brokenClaims(
  { snippet, runnable, specifiers, claims }: Prepared,
  load: (specifier: string) => Promise<unknown>,
): Promise<string[]> {
  const modules = new Map<string, unknown>();
  for (const specifier of specifiers) modules.set(specifier, await load(specifier));
  const broken: string[] = [];
  const kept = new Set<number>();
  const say = (line: number, message: string): void => void broken.push(`${snippet.file}:${line} ${message}`);

  const check = (index: number, value: unknown): unknown => {
    const claim = claims[index];
    if (claim === undefined) throw new Error("a claim without a number");
    kept.add(index);
    const { line, wanted, comment } = claim;
    if (wanted.kind === "throws") {
      try {
        (value as () => unknown)();
      } catch (error) {
        const code = (error as { code?: unknown }).code;
        if (code !== wanted.code) say(line, `${wanted.code} wanted, got ${String(code)}: ${String(error)}`);
        return undefined;
      }
      say(line, `${wanted.code} wanted, nothing was thrown`);
      return undefined;
    }
    if (wanted.kind === "unreadable") {
      // console.log("…") shows text without quotes.
      if (String(value) !== comment) say(line, `the comment is not a value: "${comment}"; the value is ${show(value)}`);
      return value;
    }
    const difference = mismatch(value, wanted);
    if (difference !== undefined) say(line, `${difference}; whole: ${show(value)}`);
    return value;
  };

  const silent = { log() {}, table() {}, error() {}, warn() {}, info() {} };
  const run = new AsyncFunction("exports", "require", "__claim", "console", runnable);
  await run({}, (specifier) => modules.get(specifier), check, silent);
  for (const [index, { line }] of claims.entries()) if (!kept.has(index)) say(line, "was never reached");
  return broken;
}
