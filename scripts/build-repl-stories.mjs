// Writes the notebooks of examples/notebooks as files for the Node REPL: `.load journeys.js`, or `node -i < journeys.js`.
// node scripts/build-repl-stories.mjs [FOLDER], by default examples/repl; test/examples/notebooks.test.ts compares.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import ts from "typescript";

const root = join(import.meta.dirname, "..");
const source = join(root, "examples/notebooks");
const target = process.argv[2] ?? join(root, "examples/repl");

function storyOf(name, { cells }) {
  const parts = cells.map(({ cell_type: type, source: lines }) => {
    const text = lines.join("");
    return type === "code" ? codeOf(text) : text.replaceAll(/^/gm, "// ").replaceAll(/ +$/gm, "");
  });
  return `${[headOf(name), ...parts, foot].join("\n\n")}\n`;
}

// Lines that are piped in are run one after another and wait for no promise, so rooms are required. The report room can only be
// imported; its pictures are drawn meanwhile, and the last line waits for them.
function headOf(name) {
  return `// Written by scripts/build-repl-stories.mjs from examples/notebooks/${name}.ipynb.
// Where clientele, vega and vega-lite are installed: \`node\`, then \`.load ${name}.js\`; or \`node -i < ${name}.js\`.

repl.repl.ignoreUndefined = true;
const { mkdirSync, writeFileSync } = require("node:fs");
const drawing = import("clientele/report");
const pictures = [];
const show = (value) => {
  if (typeof value?.$schema !== "string") return console.log(value);
  const file = \`out/${name}-\${pictures.length + 1}.svg\`;
  mkdirSync("out", { recursive: true });
  pictures.push(drawing.then(({ renderSvg }) => writeFileSync(file, renderSvg(value))));
  console.log(\`\${value.description} → \${file}\`);
};`;
}

const foot = "void (await Promise.all(pictures));";

/** A cell shows its last value by itself; here it is shown by `show`, charts as files. */
function codeOf(text) {
  const file = ts.createSourceFile("cell.js", text, ts.ScriptTarget.ES2022, true);
  return file.statements
    .map((statement, i) => {
      const blank = /^\s*\n\s*\n/.test(statement.getFullText()) ? "\n" : "";
      const isLast = i === file.statements.length - 1;
      return blank + replLines(ts.isImportDeclaration(statement) ? importOf(statement) : shown(statement, isLast));
    })
    .filter((lines) => lines !== "")
    .join("\n");
}

function shown(statement, isLast) {
  const code = statement.getText();
  const isValue = ts.isExpressionStatement(statement) && !code.startsWith("console.");
  return isLast && isValue ? `show(${statement.expression.getText()});` : code;
}

/** The REPL takes no import declarations. */
function importOf({ importClause, moduleSpecifier }) {
  const names = importClause?.namedBindings;
  if (names === undefined || !ts.isNamedImports(names) || names.elements.some((name) => name.propertyName)) {
    throw new Error(`import ${moduleSpecifier.getText()} by plain names: the REPL's twin is generated`);
  }
  if (moduleSpecifier.text === "clientele/report") return "";
  return `const { ${names.elements.map((name) => name.getText()).join(", ")} } = require(${moduleSpecifier.getText()});`;
}

/** A line that could stand alone is run at once by the REPL, so what would go on below it is put on the same line. */
function replLines(code) {
  const lines = [];
  for (const line of code.split("\n")) {
    const sofar = lines.join("\n");
    if (sofar === "" || !isWhole(sofar)) {
      lines.push(line);
      continue;
    }
    if (lines.at(-1).includes("//")) throw new Error(`no comment at the end of: ${lines.at(-1)}`);
    lines.push(`${lines.pop()}${/^\s*\./.test(line) ? "" : " "}${line.trim()}`);
  }
  return lines.join("\n");
}

function isWhole(code) {
  return ts.transpileModule(code, { reportDiagnostics: true, fileName: "cell.js" }).diagnostics.length === 0;
}

mkdirSync(target, { recursive: true });
for (const file of readdirSync(source).filter((name) => name.endsWith(".ipynb"))) {
  const name = basename(file, ".ipynb");
  writeFileSync(join(target, `${name}.js`), storyOf(name, JSON.parse(readFileSync(join(source, file), "utf8"))));
}
