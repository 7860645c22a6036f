import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "../support/chromium.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scratchFolder } from "../support/built.ts";
import { withPage } from "../support/chromium.ts";
import { describeWith } from "../support/needs.ts";
import { projectRoot } from "../support/project.ts";
import { simulatedShop } from "../../examples/shop/open-shop.ts";
import { nameAt } from "clientele/tables";

const chromium = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const folder = scratchFolder("browser-page");
const page = join(folder, "page.html");

/** A shop as a person would have it: its own names of columns, a decimal comma. */
function shopCsv(customers: number): string {
  const { log } = simulatedShop({ customers, seed: 2 }, (_, work) => work());
  const rows = ["client_id;happened_at;event;amount"];
  for (let row = 0; row < log.length; row++) {
    const value = Number.isNaN(log.value[row]) ? "" : String(log.value[row]).replace(".", ",");
    const time = new Date(log.time[row]).toISOString();
    rows.push(`${nameAt(log.customer, row)};${time};${nameAt(log.type, row)};${value}`);
  }
  return rows.join("\n");
}

/** Opens the page from the disk, with no network, and fails on whatever would leave it. */
async function visit(steps: (page: Page) => Promise<void>): Promise<void> {
  await withPage(chromium, async (tab) => {
    const requests: string[] = [];
    tab.context().on("request", (request) => requests.push(request.url()));
    await tab.context().setOffline(true);
    tab.setDefaultTimeout(10_000);
    await tab.goto(pathToFileURL(page).href);
    await steps(tab);
    expect(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("blob:"))).toEqual([]);
    expect(requests.filter((url) => url.startsWith("file:"))).toEqual([pathToFileURL(page).href]);
  });
}

/** Drops a file onto the page as a person does. */
async function dropFile(tab: Page, name: string, content: string): Promise<void> {
  const transfer = await tab.evaluateHandle(
    `((name, content) => { const data = new DataTransfer(); data.items.add(new File([content], name, { type: "text/csv" })); return data; })(${JSON.stringify(name)}, ${JSON.stringify(content)})`,
  );
  await tab.dispatchEvent("#drop", "drop", { dataTransfer: transfer });
  await tab.waitForSelector("#mapping:not([hidden]), #problem:not([hidden])");
}

describeWith("the page for a browser", existsSync(chromium) ? [] : [`a browser at ${chromium}`], () => {
  beforeAll(() => {
    execFileSync(process.execPath, [join(projectRoot, "scripts/build-browser-page.mjs"), page]);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is one file that allows no connection", () => {
    const html = readFileSync(page, "utf8");
    const policy = /Content-Security-Policy"\s+content="([^"]*)"/.exec(html)![1];
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]+' 'unsafe-eval'; worker-src blob:;/);
    expect(policy).not.toMatch(/connect-src|https?:|\*|'self'/);
    expect(html).not.toMatch(/<(link|img|script)[^>]+(src|href)=/);
  });

  it("makes a report of a dropped file, with progress, and sends nothing", { timeout: 120_000 }, async () => {
    await visit(async (tab) => {
      await dropFile(tab, "shop.csv", shopCsv(300));
      const guess = await tab.$$eval("#mapping select, #mapping input", (fields) =>
        (fields as unknown as { name: string; value: string }[]).map(({ name, value }) => `${name}=${value}`),
      );
      expect(guess).toEqual(
        expect.arrayContaining([
          ...["customer=client_id", "time=happened_at", "type=event", "value=amount", "purchase=purchase", "decimal=,"],
          ...["order=", "variant="],
        ]),
      );
      await tab.click("text=Make the report");
      await tab.waitForFunction("document.getElementById('bar').value >= 0.5");
      await tab.waitForSelector("#result:not([hidden])", { timeout: 60_000 });
      expect(await tab.textContent("#summary")).toMatch(/^Sales: \d+ buyers, /);
      const report = tab.frames()[1];
      await report.waitForSelector("h2");
      expect(await report.$$eval("h2", (all) => all.length)).toBeGreaterThan(20);
      expect(await report.$$eval("svg", (all) => all.length)).toBeGreaterThan(8);
      // A link of the contents stays in the report.
      await report.click("nav a >> nth=3");
      const topOf = (): Promise<number> =>
        report.$eval(
          "#section-4",
          (part) => (part as unknown as { getBoundingClientRect(): { top: number } }).getBoundingClientRect().top,
        );
      await expect.poll(topOf, { timeout: 5000 }).toBeLessThan(100);
      expect(await tab.getAttribute("#save", "href")).toMatch(/^blob:/);
      expect(await tab.getAttribute("#save-csv", "download")).toBe("customers.csv");
    });
  });

  it("stops when told to, and can begin again", { timeout: 120_000 }, async () => {
    await visit(async (tab) => {
      await dropFile(tab, "shop.csv", shopCsv(2000));
      await tab.click("text=Make the report");
      await tab.waitForSelector("#working:not([hidden])");
      expect(tab.workers()).toHaveLength(1);
      const ended = tab.workers()[0].waitForEvent("close");
      await tab.click("#cancel");
      await ended;
      expect(tab.workers()).toHaveLength(0);
      expect(await tab.isVisible("#mapping")).toBe(true);
      expect(await tab.isVisible("#result")).toBe(false);
      await tab.click("text=Make the report");
      await tab.waitForSelector("#result:not([hidden])", { timeout: 90_000 });
    });
  });

  it("says in a sentence what is wrong, without the flags of a command line", { timeout: 60_000 }, async () => {
    await visit(async (tab) => {
      await dropFile(tab, "page.csv", "<!doctype html><p>Not found</p>");
      expect(await tab.textContent("#problem")).toMatch(/is a web page or XML, not CSV\.$/);
      await dropFile(tab, "few.csv", "who,when\na,2024-01-01\nb,2024-01-02\n");
      await tab.selectOption("[name=customer]", "who");
      await tab.click("text=Make the report");
      await tab.waitForSelector("#problem:not([hidden])");
      expect(await tab.textContent("#problem")).toMatch(/has only 2 customers who bought/);
      expect(await tab.textContent("#problem")).not.toContain("--");
    });
  });

  it("is used by keyboard alone, and reads a gzipped file", { timeout: 60_000 }, async () => {
    await visit(async (tab) => {
      const { gzipSync } = await import("node:zlib");
      const path = join(folder, "own.csv.gz");
      const rows = Array.from({ length: 90 }, (_, i) => `c${i % 30},2024-0${(i % 7) + 1}-1${i % 9},${1 + (i % 13)}`);
      writeFileSync(path, gzipSync(`who,when,money\n${rows.join("\n")}\n`));
      await tab.setInputFiles("#file", path);
      await tab.waitForSelector("#mapping:not([hidden])");
      // The first choice has the focus; Enter in a field sends the form.
      expect(await tab.evaluate("document.activeElement.name")).toBe("customer");
      await tab.focus("[name=purchase]");
      await tab.keyboard.press("Enter");
      await tab.waitForSelector("#result:not([hidden])", { timeout: 60_000 });
      expect(await tab.evaluate("document.activeElement.id")).toBe("save");
    });
  });
});
