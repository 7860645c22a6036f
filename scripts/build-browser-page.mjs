// Puts examples/browser into one HTML file: page, worker and policy. Prints where it is.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, "examples/browser");
const out = resolve(process.argv[2] ?? join(root, "out/browser.html"));

async function scriptOf(name) {
  const { outputFiles } = await build({
    entryPoints: [join(folder, name)],
    tsconfig: join(root, "tsconfig.json"),
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "browser",
    mainFields: ["module", "main"],
    target: "es2022",
    charset: "utf8",
    logLevel: "error",
  });
  return outputFiles[0].text.trim();
}

const [page, worker] = await Promise.all([scriptOf("main.ts"), scriptOf("worker.ts")]);
if (/<\/script|<!--/i.test(page + worker)) throw new Error("a script would end the element it stands in");
// Only this script runs. Vega makes functions of its expressions, hence unsafe-eval; nothing can be fetched or sent.
const hash = createHash("sha256").update(page).digest("base64");
const policy = [
  "default-src 'none'",
  `script-src 'sha256-${hash}' 'unsafe-eval'`,
  "worker-src blob:",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
const parts = {
  "{{policy}}": policy,
  "<!-- worker -->": `<script type="text/plain" id="worker">${worker}</script>`,
  "<!-- page -->": `<script>${page}</script>`,
};
let html = readFileSync(join(folder, "page.html"), "utf8");
// A function as the replacement: a text would have its dollar signs read.
for (const [place, part] of Object.entries(parts)) html = html.replace(place, () => part);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, html);
console.log(`${out} (${Math.ceil(Buffer.byteLength(html) / 1024)} kB)`);
