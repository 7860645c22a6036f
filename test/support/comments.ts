import type { PublicName } from "./project.ts";
import ts from "./typescript.ts";

function sentenceOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
}

function tagTexts(symbol: ts.Symbol, checker: ts.TypeChecker, tag: string): string[] {
  return symbol
    .getJsDocTags(checker)
    .filter(({ name }) => name === tag)
    .map(({ text }) => ts.displayPartsToString(text).trim());
}

function troubleOfFunction(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const trouble: string[] = [];
  const declaration = symbol.declarations?.find((node) => ts.isFunctionDeclaration(node));
  if (declaration === undefined) return trouble;
  const described = new Set(
    tagTexts(symbol, checker, "param")
      // "x - any." describes x; "x" alone describes nothing.
      .filter((text) => /^\S+\s+-?\s*\S/u.test(text))
      .map((text) => text.split(/\s/u, 1)[0]),
  );
  for (const [i, { name }] of declaration.parameters.entries()) {
    if (ts.isIdentifier(name) ? !described.has(name.text) : described.size <= i) {
      trouble.push(`no @param ${ts.isIdentifier(name) ? name.text : `${i + 1}`}`);
    }
  }
  const returned = checker.getSignatureFromDeclaration(declaration)?.getReturnType();
  const returnsNothing = returned !== undefined && (returned.flags & (ts.TypeFlags.Void | ts.TypeFlags.Never)) !== 0;
  const returns = [...tagTexts(symbol, checker, "returns"), ...tagTexts(symbol, checker, "return")];
  if (!returnsNothing && !returns.some((text) => text !== "")) trouble.push("no @returns");
  if (!tagTexts(symbol, checker, "example").some((text) => text !== "")) trouble.push("no @example");
  return trouble;
}

function troubleOfClass(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const trouble: string[] = [];
  for (const member of symbol.members?.values() ?? []) {
    if ((member.flags & ts.SymbolFlags.Method) === 0) continue;
    if (sentenceOf(member, checker) === "") trouble.push(`${member.name}: no sentence`);
  }
  return trouble;
}

/**
 * What the comment of a public name lacks.
 *
 * @param program - the program that holds the declaration.
 * @param name - a name that a room exports.
 * @returns `name: what is missing`; empty when the comment is whole.
 */
export function undocumented(program: ts.Program, { name, kind, symbol }: PublicName): string[] {
  const checker = program.getTypeChecker();
  const trouble = sentenceOf(symbol, checker) === "" ? [`${name}: no sentence`] : [];
  if (kind === "function") trouble.push(...troubleOfFunction(symbol, checker).map((what) => `${name}: ${what}`));
  if (kind === "class") trouble.push(...troubleOfClass(symbol, checker).map((what) => `${name}.${what}`));
  return trouble;
}
