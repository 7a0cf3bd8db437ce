import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { TcpProxy } from "@eventfold/testing/chaos";
import { type PostgresTestServer, startPostgres } from "@eventfold/testing/postgres";
import axe from "axe-core";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ServedExplorer, serveExplorer } from "../src/index.ts";
import { findChromium, launchChromium } from "./support/chromium.ts";
import { openPostgres } from "./support/databases.ts";
import { MARKUP, openSample, REVERSED, type Sample } from "./support/sample.ts";

const executable = findChromium();
if (executable === undefined) {
  console.warn(
    "The explorer's page is not tested: no Chromium was found. Install one, or name it by the variable CHROMIUM.",
  );
}

const ROOT = new URL("../../../", import.meta.url);
const SCREENSHOTS = fileURLToPath(new URL("reports/explorer-page/", ROOT));
const PICTURE = fileURLToPath(new URL("docs/images/explorer.webp", ROOT));
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };

/** Names as long as names can be. */
const LONG = { category: "c".repeat(128), stream: "s".repeat(512) };

/** Views, and what is there once they are loaded. */
const VIEWS = [
  { view: "state?category=orders&stream=order-2&position=1", shown: ".changes li" },
  { view: `events?category=${LONG.category}`, shown: ".event-table li" },
  { view: "", shown: ".rates canvas" },
  { view: "event?number=5", shown: ".look p" },
  {
    view: "projections?name=order&query=%7B%22paging%22%3A%7B%22kind%22%3A%22keyset%22%2C%22size%22%3A3%7D%7D",
    shown: ".projections li",
  },
  { view: "subscriptions", shown: "tbody tr" },
  { view: "parked?subscription=invoices", shown: ".parked li" },
];

/** Long enough for a busy machine: waiting ends as soon as it can. */
const PATIENT = { timeout: 20_000 };

let postgres: PostgresTestServer;
let proxy: TcpProxy;
let sample: Sample;
let served: ServedExplorer;
let browser: Browser;
let page: Page;
let loads = 0;
/** What pages complained of: exceptions, and what the content security policy refused. */
const complaints: string[] = [];

beforeAll(async () => {
  if (executable === undefined) return;
  if (process.env.EVENTFOLD_SOAK) await mkdir(SCREENSHOTS, { recursive: true });
  postgres = await startPostgres();
  const proxied = await TcpProxy.start(await postgres.createDatabase());
  proxy = proxied.proxy;
  [sample, browser] = await Promise.all([
    openPostgres(proxied.connectionString).then(openSample),
    launchChromium(executable),
  ]);
  served = await serveExplorer({ ...sample.options, allowChanges: true });
  page = await browser.newPage({ viewport: WIDE });
  page.setDefaultTimeout(PATIENT.timeout);
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (/content security policy|trusted/i.test(message.text())) complaints.push(message.text());
  });
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
  await sample?.[Symbol.asyncDispose]();
  await proxy?.stop();
  await postgres?.stop();
});

afterEach(() => expect(complaints.splice(0)).toEqual([]));

/** Opens the page anew at a view. All tests use one tab: another one costs a second. */
async function openPage(view: string): Promise<void> {
  loads += 1;
  await page.goto(`${served.address}?${loads}#/${view}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

const headingIs = (name: string) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const eventsShown = (list: string) => page.getByRole("list", { name: list }).locator("li");

/** Asks a filter to go on until it tells of what is there: on a slow machine it stops sooner. */
async function lookUntilItSays(outcome: RegExp): Promise<void> {
  const further = page.getByRole("button", { name: "Look further" });
  const look = async () => {
    if ((await further.count()) > 0) await further.click({ timeout: 500 }).catch(() => {}); // it may be gone by now
    return page.getByText(outcome).count();
  };
  await expect.poll(look, PATIENT).toBe(1);
}

async function publish(name: string, payload: object, names = { category: "odd", stream: "s" }): Promise<number> {
  const [stored] = await sample.store.stream(names).publish({ events: [{ name, payload }] });
  return stored?.sequenceNumber ?? 0;
}

/** Keeps a picture for people to look at: each takes a second of processor time, so not every day. */
async function keep(name: string): Promise<void> {
  if (!process.env.EVENTFOLD_SOAK) return;
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
}

describe.skipIf(executable === undefined)("the explorer's page", () => {
  it("shows the log at a glance, and new events as they come", async () => {
    await openPage("");
    await page.getByText("Order is guaranteed within the log.").waitFor();
    await page.locator(".rates canvas").waitFor();
    expect(await page.locator(".names a").allTextContents()).toEqual(["orders"]);
    await keep("overview");
    await publish("seen-at-once", { n: 1 });
    await eventsShown("Newest events").first().getByText("seen-at-once").waitFor();
  });

  it("has each page of events under an address of its own, so that links and `back` work", async () => {
    await openPage("events?category=orders");
    await expect.poll(() => eventsShown("Events").count(), PATIENT).toBe(50);
    const newest = await eventsShown("Events").first().textContent();
    await page.getByRole("link", { name: "Older" }).click();
    await page.getByRole("link", { name: "Newer" }).waitFor();
    const older = page.url();
    const second = await eventsShown("Events").first().textContent();
    expect(second).not.toBe(newest);
    await page.getByRole("link", { name: "First" }).click();
    await expect.poll(() => eventsShown("Events").last().locator(".number").textContent(), PATIENT).toBe("1");
    await page.goBack();
    await expect.poll(() => eventsShown("Events").first().textContent(), PATIENT).toBe(second);
    expect(page.url()).toBe(older);
    await page.goBack();
    await expect.poll(() => eventsShown("Events").first().textContent(), PATIENT).toBe(newest);
    await page.goto(older);
    await expect.poll(() => eventsShown("Events").first().textContent(), PATIENT).toBe(second);
  });

  it("filters, says how far it looked, and jumps to a time", async () => {
    await openPage("events?category=orders");
    await page.getByLabel("Name", { exact: true }).fill("order-paid");
    await page.getByLabel("Text in the payload").fill("33");
    await page.keyboard.press("Enter");
    await lookUntilItSays(/^1 event among the 1\d\d events looked at, back to number 1 of .*That is the end\.$/);
    expect(await eventsShown("Events").count()).toBe(1);
    expect(new URL(page.url()).hash).toContain("text=33");
    await page.getByLabel("Name", { exact: true }).fill("");
    await page.getByLabel("Text in the payload").fill("");
    await page.getByLabel("From (UTC)").fill("2026-03-02T12:00:00");
    await page.getByRole("button", { name: "Show" }).click();
    await eventsShown("Events").last().getByText("2026-03-02 12:00:00.000").waitFor();
  });

  it("keeps what is being written into a form when answers come", async () => {
    const answer = Promise.withResolvers<void>();
    await page.route("**/api/events?*", async (route) => {
      await answer.promise;
      await route.continue();
    });
    await openPage("events?category=orders");
    await page.getByLabel("Name", { exact: true }).fill("order-paid");
    answer.resolve();
    await expect.poll(() => eventsShown("Events").count(), PATIENT).toBeGreaterThan(0);
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("order-paid");
    await page.unroute("**/api/events?*");
    await openPage("projections");
    await page.getByLabel("Name", { exact: true }).fill("another");
    await page.getByLabel("Query").fill("{}");
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("another");
  });

  it("tells of events that are newer than those a filter looked at, and not of those that it passed over", async () => {
    await publish("looked-for", {});
    await publish("passed-over", {});
    await openPage("events?name=looked-for");
    await expect.poll(() => eventsShown("Events").count(), PATIENT).toBe(1);
    const newer = page.getByRole("link", { name: "There are newer events" });
    await page.waitForResponse((response) => response.url().endsWith("api/events?limit=12"));
    expect(await newer.count()).toBe(0);
    await publish("looked-for", {});
    await newer.click();
    await expect.poll(() => eventsShown("Events").count(), PATIENT).toBe(1);
    await lookUntilItSays(/^1 event among the 1 event looked at/);
  });

  it("shows an event with its causes and effects, by its number and by its id", async () => {
    const [placed, item] = await sample.store.stream({ category: "orders", stream: "order-3" }).read();
    await openPage(`event?number=${item?.sequenceNumber}`);
    await headingIs(`item-added ${item?.sequenceNumber}`);
    await page.getByRole("region", { name: "Payload" }).getByText('"price": 10').waitFor();
    await page.locator(".causes a", { hasText: "order-placed" }).click();
    await headingIs(`order-placed ${placed?.sequenceNumber}`);
    await lookUntilItSays(/^2 effects among/);
    await page.getByRole("textbox", { name: "Number or id of an event" }).fill(item?.id ?? "");
    await page.keyboard.press("Enter");
    await headingIs(`item-added ${item?.sequenceNumber}`);
    await page.getByRole("link", { name: "request-3" }).click();
    await lookUntilItSays(/^3 events among/);
  });

  it("goes on looking when it is asked to", async () => {
    const filler = Array.from({ length: 12_000 }, (_, n) => ({ name: "filled", payload: { n } }));
    await sample.store.stream({ category: "filling", stream: "f" }).publish({ events: filler });
    await openPage("events?text=order-placed-nowhere&category=filling");
    await page.getByText(/No events among the [\d,]+ events looked at, back to number/).waitFor();
    const further = page.getByRole("button", { name: "Look further" });
    await further.click();
    await page.getByText("That is the end.").waitFor();
    expect(await further.count()).toBe(0);
  });

  it("shows names and payloads as text, and what cannot be seen by its code points", async () => {
    const number = await publish(REVERSED, { [MARKUP]: REVERSED }, { category: MARKUP, stream: REVERSED });
    for (const view of [
      `event?number=${number}`,
      "events",
      `events?category=${encodeURIComponent(MARKUP)}`,
      `streams?category=${encodeURIComponent(MARKUP)}`,
      "",
    ]) {
      await openPage(view);
      await page.locator(".code-point", { hasText: "U+202E" }).first().waitFor();
      await page.locator(".code-point", { hasText: "U+200B × 3" }).first().waitFor();
      expect(await page.locator("main").textContent()).not.toMatch(/[\u202e\u200b]/);
      expect(await page.locator("main :is(img, script)").count()).toBe(0);
      expect(await page.title()).not.toBe("run");
      if (view.startsWith("event?"))
        expect(await page.title()).toBe("invoice⟨U+202E⟩gnp.exe⟨U+200B × 3⟩ · eventfold explorer");
    }
  });

  it("folds a stream step by step, and says what each event changed", async () => {
    await openPage("state?category=orders&stream=order-2");
    const state = page.getByRole("region", { name: "State" });
    await state.getByText('"paid": 32').waitFor();
    await page.locator(".changes li", { hasText: "paid" }).waitFor();
    await page.getByLabel("Position").press("ArrowLeft");
    await state.getByText('"paid": 0').waitFor();
    await page.locator(".changes", { hasText: "items.2" }).locator("ins", { hasText: '"price":12' }).waitFor();
    expect(new URL(page.url()).hash).toContain("position=3");
    await page.getByRole("button", { name: "One event later" }).click();
    await state.getByText('"paid": 32').waitFor();
    await page.getByLabel("Time (UTC)").fill("2026-03-02T08:41:30");
    await page.getByRole("button", { name: "Fold up to then" }).click();
    await page.getByText("After the event at position 1").waitFor();
    await state.getByText('"sku": "sku-3"').waitFor();
    await keep("state");
  });

  it("searches projections, and says what is wrong with a query", async () => {
    await openPage("projections");
    await page
      .getByLabel("Query")
      .fill('{ "filters": [{ "kind": "filter", "field": "state.customer", "operator": "equal", "value": "Ben" }] }');
    await page.getByRole("button", { name: "Search" }).click();
    await expect.poll(() => page.getByRole("list", { name: "Projections" }).locator("li").count(), PATIENT).toBe(7);
    await page.getByRole("link", { name: "order-13", exact: true }).first().click();
    await page.getByRole("region", { name: "State" }).getByText('"customer": "Ben"').waitFor();
    await page.goBack();
    await page
      .getByLabel("Query")
      .fill('{ "filters": [{ "kind": "filter", "field": "id", "operator": "is", "value": 1 }] }');
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("alert").getByText("filters[0].operator").waitFor();
    await page.getByLabel("Query").fill("{");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByText("The query is not JSON").waitFor();
  });

  it("shows subscriptions, and replays and drops parked events once their number is confirmed", async () => {
    await openPage("subscriptions");
    await page.getByRole("row", { name: /^0 free/ }).waitFor();
    await page.getByRole("button", { name: "Count what waits" }).click();
    await page.getByText(/events? to handle/).waitFor();
    await keep("subscriptions");
    await page.getByRole("link", { name: "2 parked events" }).click();
    const rows = eventsShown("Parked events");
    await rows.getByText("The printer is out of paper.").waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    await rows.first().getByRole("button", { name: "Drop it" }).click();
    const confirmation = page.getByRole("group", { name: "Confirm" });
    await confirmation.getByText("Drop 1 parked event with the number").waitFor();
    await keep("parked");
    await confirmation.getByRole("button", { name: "Leave it" }).click();
    await page.getByRole("button", { name: "Replay all" }).click();
    await confirmation.getByText("Replay 2 parked events of this subscription?").waitFor();
    await confirmation.getByRole("button", { name: "Leave it" }).click();
    await rows.first().getByRole("button", { name: "Drop it" }).click();
    await confirmation.getByRole("button", { name: "Drop 1 event" }).click();
    await expect.poll(() => rows.count(), PATIENT).toBe(1);
    await page.getByText("1 event", { exact: true }).waitFor();
  });

  it("says so when the database is away, and goes on when it is back", async () => {
    await openPage("");
    await page.getByText("Live:").waitFor();
    proxy.isDown = true;
    proxy.cutAll();
    await page.getByText("The log cannot be read at present").waitFor();
    await page.getByText("Not live at present.").waitFor();
    await keep("away");
    await page.getByRole("link", { name: "All events" }).click(); // a view that could never be loaded
    await headingIs("Events");
    proxy.restore();
    await page.getByText("The log cannot be read at present").waitFor({ state: "detached" });
    await eventsShown("Events").first().waitFor();
    await page.goBack();
    await publish("back-again", { n: 2 });
    await eventsShown("Newest events").first().getByText("back-again").waitFor();
  });

  it("works by the keyboard alone, and shows where the focus is", async () => {
    await openPage("");
    await eventsShown("Newest events").first().waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter"); // skips to the content
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
    await openPage("events?category=orders&stream=order-4");
    await eventsShown("Events").first().waitFor();
    await tabTo(page.getByRole("link", { name: "State over time" }));
    await page.keyboard.press("Enter");
    await headingIs("State of order-4");
    await expect.poll(() => page.evaluate("document.activeElement.tagName"), PATIENT).toBe("H1");
    await tabTo(page.getByLabel("Position"));
    await page.keyboard.press("Home");
    await page.getByText("After the event at position 0").waitFor();
  });

  it("is accessible, in light and dark, and fits a wide and a narrow screen", async () => {
    await publish("n".repeat(200), { text: "x".repeat(3_000) }, LONG);
    for (const [index, { view, shown }] of VIEWS.entries()) {
      const name = view.split("?")[0] || "overview";
      await openPage(view);
      await page.locator(shown).first().waitFor();
      await page.evaluate(axe.source);
      await expectNoFault(view);
      await expectToFit(view);
      await keep(`${name}-light`);
      if (index < 2) {
        await page.emulateMedia({ colorScheme: "dark" });
        await expectNoFault(`${view} in the dark`);
        await keep(`${name}-dark`);
        await page.emulateMedia({ colorScheme: "light" });
      }
      await page.setViewportSize(NARROW);
      await expectToFit(`${view} on a narrow screen`);
      await keep(`${name}-narrow`);
      await page.setViewportSize(WIDE);
    }
  });

  it("survives fifty large events on one page", async () => {
    const times = process.env.EVENTFOLD_SOAK ? 100_000 : 30_000; // beyond what is shown of a text
    const text = "\u200b\u202e".repeat(times);
    const size = `${(6 * times) / 1000} kB`;
    const stream = sample.store.stream({ category: "large", stream: "l" });
    for (let n = 0; n < 50; n += 1) await stream.publish({ events: [{ name: "grown", payload: { n, text } }] });
    await openPage("events?category=large");
    await expect.poll(() => eventsShown("Events").count(), PATIENT).toBe(50);
    await eventsShown("Events").first().getByText(`… ${size}`).waitFor();
    await eventsShown("Events").first().locator(".event-name").click();
    await page.getByText(`The beginning of ${size}.`).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Download all of it" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^event-\d+\.json$/);
  });

  it.runIf(process.env.EVENTFOLD_UPDATE_GOLDEN)("is pictured in the README", async () => {
    const viewport = { width: 1280, height: 820 };
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: "light" });
    await openPage("state?category=orders&stream=order-5&position=3");
    await page.locator(".changes li").first().waitFor();
    const devTools = await page.context().newCDPSession(page);
    const clip = { x: 0, y: 0, ...viewport, scale: 1.5 };
    const { data } = await devTools.send("Page.captureScreenshot", { format: "webp", quality: 80, clip });
    await writeFile(PICTURE, Buffer.from(data, "base64"));
  });
});

/** Nothing is wider than the screen. */
async function expectToFit(view: string): Promise<void> {
  const overhang = () => page.evaluate("document.documentElement.scrollWidth - innerWidth");
  await expect.poll(overhang, { ...PATIENT, message: view }).toBeLessThanOrEqual(0);
}

/** Axe, which the page has been given, finds no fault. */
async function expectNoFault(view: string): Promise<void> {
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run({ resultTypes: ['violations'] })");
  expect(
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
    view,
  ).toEqual([]);
}

/** Presses the tabulator until an element has the focus. Whatever has it on the way shows that it does. */
async function tabTo(target: Locator): Promise<void> {
  for (let steps = 0; steps < 80; steps += 1) {
    await page.keyboard.press("Tab");
    const { element, outline } = await page.evaluate<{ element: string; outline: string }>(`({
      element: document.activeElement.tagName,
      outline: getComputedStyle(document.activeElement).outlineStyle,
    })`);
    if (element !== "BODY") expect(outline, element).not.toBe("none"); // it is the browser's own turn
    if (await target.evaluate((element) => element.matches(":focus"))) return;
  }
  throw new Error("The tabulator does not reach it.");
}
