import { chromium } from "playwright-core";
import type { Page } from "playwright-core";

export type { Page } from "playwright-core";

/**
 * Opens a page in a headless Chromium of the system, and closes the browser whatever happens.
 *
 * @param executablePath - the browser.
 * @param visit - what is done with the page; an error in the page's scripts fails it.
 */
export async function withPage(executablePath: string, visit: (page: Page) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  try {
    const page = await browser.newPage();
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    await visit(page);
    if (errors.length > 0) throw new AggregateError(errors, "the page's scripts failed");
  } finally {
    await browser.close();
  }
}
