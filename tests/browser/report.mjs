// Drives a browser over the pages of a published run, as an analyst would: node report.mjs FOLDER [LONG [SCREENS]]
// FOLDER is a published run, LONG a report of 5,000 leads, SCREENS a folder that gets pictures.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import test, { after, before } from "node:test";
import { chromium } from "playwright-core";

const [folder, long, screens] = process.argv.slice(2);
const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
let browser;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: quiet });
});
after(() => browser.close());

/** A page of a file, and the requests that it made beside its own. */
async function open(file, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 }, ...options });
  const page = await context.newPage();
  const requests = [], faults = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (line) => line.type() === "error" && faults.push(line.text()));
  const url = pathToFileURL(file).href;
  await page.goto(url, { waitUntil: "load" });
  return { page, context, url, requests, faults };
}

const county = `${folder}/county/report.html`;

test("an analyst filters a township, opens the first lead and sees its vouchers", async () => {
  const { page, url, requests, faults } = await open(county);
  const all = await page.locator("#t tbody tr:visible").count();
  const town = page.locator(".town h3 a").nth(1);
  const code = await town.getAttribute("data-o");
  await town.click();
  const villages = await page.locator("#t tbody tr:visible").evaluateAll((rows) => rows.map((row) => row.dataset.o));
  assert.ok(villages.length > 0 && villages.length < all, `${villages.length} of ${all}`);
  assert.ok(villages.every((village) => village.startsWith(code)));
  await page.selectOption("#fr", "m");
  const sums = await page.locator("#t tbody tr:visible").evaluateAll((rows) => rows.map((row) => Number(row.dataset.m)));
  assert.deepEqual(sums, [...sums].sort((a, b) => b - a));
  const lead = page.locator("#t tbody tr:visible a").first();
  const id = await lead.textContent();
  await lead.click();
  const dossier = page.locator(`article[id="${id}"]`);
  await dossier.scrollIntoViewIfNeeded();
  assert.ok(await dossier.locator("tbody tr").count() > 0, "no voucher");
  assert.ok(await dossier.locator("ol li").count() > 0, "no reason");
  assert.ok(await dossier.locator("svg").count() > 0, "no drawing");
  assert.deepEqual(requests, [url]);
  assert.deepEqual(faults, []);
});

test("on a phone the page is no wider than the screen, and every cell says what it is", async () => {
  const { page, faults } = await open(county, { viewport: { width: 400, height: 800 } });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 400, `the page is ${width} pixels wide`);
  assert.ok(!await page.locator("#t thead").isVisible(), "the head of the list");
  const labels = await page.locator("#t tbody tr").first().locator("td[data-l]")
    .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell, "::before").content));
  assert.ok(labels.length >= 5 && labels.every((label) => label.length > 2), String(labels));
  if (screens) await page.screenshot({ path: `${screens}/phone.png` });
  await page.locator("#t tbody tr a").first().click();
  if (screens) await page.screenshot({ path: `${screens}/phone-lead.png` });
  assert.deepEqual(faults, []);
});

test("a voucher shows what is recorded of it, and marks what a reason speaks of", async () => {
  const { page } = await open(county);
  const first = page.locator("article").first();
  const text = await first.locator("tr.more").first().textContent();
  for (const title of ["经手人", "证明人", "原始凭证", "录入时间"]) assert.ok(text.includes(title), `${title}: ${text}`);
  assert.ok(await page.locator("article .m").count() > 0, "nothing is marked");
});

test("the filters are in the address, and open as they were left", async () => {
  const { page, context } = await open(county);
  await page.locator(".town h3 a").first().click();
  const [address, shown] = [page.url(), await page.locator("#t tbody tr:visible").count()];
  const again = await context.newPage();
  await again.goto(address);
  assert.equal(await again.locator("#t tbody tr:visible").count(), shown);
});

test("without scripts the list, the links and the drawings are there", async () => {
  const { page, requests, url } = await open(county, { javaScriptEnabled: false });
  assert.ok(await page.locator("#t tbody tr").count() > 0);
  const id = (await page.locator("#t tbody a").first().getAttribute("href")).slice(1);
  assert.equal(await page.locator(`[id="${id}"] svg`).first().isVisible(), true);
  assert.deepEqual(requests, [url]);
});

test("nobody is shut out: axe finds nothing serious, in light and dark", async () => {
  for (const colorScheme of ["light", "dark"]) {
    // The checker is injected by the test; the page's own policy would refuse it.
    const { page } = await open(county, { colorScheme, bypassCSP: true });
    await page.evaluate(axe);
    const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
    const serious = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
    assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes[0].html}`), []);
  }
});

test("it prints on A4 with page numbers", async () => {
  const { page } = await open(county);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  const [, width, height] = pdf.toString("latin1").match(/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/);
  assert.ok(Math.abs(width - 595) < 2 && Math.abs(height - 842) < 2, `${width} x ${height}`);
});

test("five thousand leads paint within a second and weigh two megabytes at most", { skip: !long && "no long report" }, async () => {
  assert.ok(statSync(long).size <= 2_000_000, `${statSync(long).size} bytes`);
  const paints = [];
  for (let turn = 0; turn < 3; turn++) {
    const { page, context } = await open(long);
    assert.ok(await page.locator("#t tbody tr").count() >= 5000);
    paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime));
    await context.close();
  }
  paints.sort((a, b) => a - b);
  console.log(`first paint, median of 3: ${Math.round(paints[1])} ms`);
  assert.ok(paints[1] <= 1000, `${paints[1]} ms`);
});

test("pictures", { skip: !screens && "no folder for pictures" }, async () => {
  for (const [name, colorScheme] of [["county", "light"], ["county-dark", "dark"]]) {
    const { page } = await open(county, { colorScheme });
    await page.screenshot({ path: `${screens}/${name}.png` });
  }
  const { page } = await open(county);
  const id = await page.locator("#t tbody a").nth(2).textContent();
  await page.locator(`article[id="${id}"]`).scrollIntoViewIfNeeded();
  await page.locator(`article[id="${id}"]`).screenshot({ path: `${screens}/dossier.png` });
});
