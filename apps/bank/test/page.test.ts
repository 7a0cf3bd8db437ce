import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { TcpProxy } from "@eventfold/testing/chaos";
import { type PostgresTestServer, startPostgres } from "@eventfold/testing/postgres";
import axe from "axe-core";
import type { Browser, Locator, Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { BankProcess } from "./support/bank-process.ts";
import { findChromium, launchChromium } from "./support/chromium.ts";

const executable = findChromium();
if (executable === undefined) {
  console.warn(
    "The bank's page is not tested: no Chromium was found. Install one, or name it by the variable CHROMIUM.",
  );
}

const ROOT = new URL("../../../", import.meta.url);
const SCREENSHOTS = fileURLToPath(new URL("reports/bank-page/", ROOT));
const PICTURE = fileURLToPath(new URL("docs/images/bank.webp", ROOT));
const WIDE = { width: 1280, height: 900 };
const PICTURED = { width: 1280, height: 1120 };
const NARROW = { width: 360, height: 740 };
const SCRIPT = `<img src=x onerror="document.title='run'"><script>document.title="run"</script>`;

/** Long enough for a busy machine: waiting ends as soon as it can. */
const PATIENT = { timeout: 20_000 };

let postgres: PostgresTestServer;
let proxy: TcpProxy;
let bank: BankProcess;
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
  [bank, browser] = await Promise.all([BankProcess.start(proxied.connectionString), launchChromium(executable)]);
  page = await browser.newPage({ viewport: WIDE });
  page.setDefaultTimeout(PATIENT.timeout);
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
});

afterAll(async () => {
  await browser?.close();
  await bank?.kill();
  await proxy?.stop();
  await postgres?.stop();
});

afterEach(async () => {
  await page?.unrouteAll();
  expect(complaints.splice(0)).toEqual([]);
});

/** Opens the page anew at a view, and waits until it follows the log. All tests use one tab: another one costs a second. */
async function openPage(view: string): Promise<void> {
  loads += 1;
  await page.goto(`${bank.address}/?${loads}#${view}`);
  await page.getByText("Live", { exact: true }).waitFor();
}

const openAccountPage = (id: string) => openPage(`/accounts/${id}`);

/** Waits until the balance of the account is shown. */
async function balanceIs(balance: string): Promise<void> {
  await page.locator(".chosen .balance", { hasText: balance }).waitFor();
}

/** Opens one of the forms of an account and returns it. */
async function openForm(name: string): Promise<Locator> {
  await page.getByRole("button", { name, exact: true }).first().click();
  return page.locator("#action");
}

/** Keeps a picture for people to look at: each takes a second of processor time, so not every day. */
async function keep(name: string): Promise<void> {
  if (!process.env.EVENTFOLD_SOAK) return;
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
}

describe.skipIf(executable === undefined)("the bank's page", () => {
  it("finds accounts by owner and city, a page at a time", async () => {
    for (const n of Array.from({ length: 14 }, (_, index) => index))
      await bank.openAccount(`Quintus ${n}`, { city: "Oslo" });
    await openPage("/");
    await page.getByLabel("Owner").fill("quintus");
    const rows = page.locator(".accounts a", { hasText: "Quintus" });
    await expect.poll(() => rows.count(), PATIENT).toBe(12);
    await page.getByRole("button", { name: "More accounts" }).click();
    await expect.poll(() => rows.count(), PATIENT).toBe(14);
    await page.getByRole("searchbox", { name: "City" }).fill("Nowhere");
    await page.keyboard.press("Enter");
    await page.getByText("No account is like that.").waitFor();
  });

  it("opens an account, says why a number is refused, and shows names with markup as text", async () => {
    await openPage("/");
    await keep("accounts");
    await page.getByText("Open an account", { exact: true }).click();
    const { number } = await bank.get<{ number: string }>(`/accounts/${(await bank.openAccount("Somebody")).id}`);
    await page.getByLabel("Name").fill(SCRIPT);
    await page.getByLabel("E-mail").fill("bobby@example.com");
    await page.locator(".change").getByLabel("City").fill("<b>Riga</b>");
    await page.getByLabel("Account number").fill(number);
    await page.getByRole("button", { name: "Open the account" }).click();
    await page.getByRole("alert").getByText("Number taken").waitFor();
    await page.getByLabel("Account number").fill(`${number} 2`);
    await page.getByRole("button", { name: "Open the account" }).click();
    await page.getByRole("heading", { name: SCRIPT }).waitFor();
    await page.getByText("<b>Riga</b>").first().waitFor();
    expect(await page.locator("main img, main script, main b").count()).toBe(0);
    expect(await page.title()).toBe(`${SCRIPT} · eventfold bank`);
  });

  it("shows what others do as it happens", async () => {
    const { id } = await bank.openAccount("Lively", { balance: 1_000 });
    await openAccountPage(id);
    await balanceIs("€10.00");
    await bank.post(`/accounts/${id}/deposits`, { amount: 250, note: "from elsewhere" });
    await balanceIs("€12.50");
    await page.getByRole("cell", { name: "from elsewhere" }).waitFor();
    await page.locator(".events summary", { hasText: "amount 250" }).waitFor();
    await page.getByText("New event: money-deposited").waitFor();
  });

  it("deposits, withdraws and transfers, and says why the bank refuses", async () => {
    const [from, to] = [await bank.openAccount("Giver"), await bank.openAccount("Taker")];
    await openAccountPage(from.id);
    const deposit = await openForm("Deposit");
    await deposit.getByLabel("Amount").fill("1234.5");
    await deposit.getByRole("button", { name: "Deposit" }).click();
    await deposit.getByText("The balance is €1,234.50.").waitFor();
    await deposit.getByRole("button", { name: "Send the same request again" }).click();
    await deposit.getByText("Nothing was stored twice.").waitFor();
    const withdrawal = await openForm("Withdraw");
    await withdrawal.getByLabel("Amount").fill("1234,51");
    await withdrawal.getByRole("button", { name: "Withdraw" }).click();
    await withdrawal.getByRole("alert").getByText("Insufficient funds").waitFor();
    const transfer = await openForm("Transfer");
    await transfer.getByLabel("To account").fill("tak");
    await expect.poll(() => transfer.locator("datalist option").first().textContent(), PATIENT).toBe("Taker, Utrecht");
    await transfer.getByLabel("To account").fill(to.id);
    await transfer.getByText("Taker, Utrecht").last().waitFor();
    await transfer.getByLabel("Amount").fill("34.50");
    await transfer.getByRole("button", { name: "Transfer" }).click();
    await transfer.getByText("stored together or not at all").waitFor();
    expect(await transfer.getByLabel("To account").inputValue()).toBe("");
    await transfer.getByText("Begin with the owner's name").waitFor();
    await balanceIs("€1,200.00");
    expect(await bank.get(`/accounts/${to.id}`)).toMatchObject({ balance: 3_450 });
  });

  it("sends a change again under the same key when the reply was lost, so that it is made once", async () => {
    const { id } = await bank.openAccount("Unlucky");
    await openAccountPage(id);
    const requests: Request[] = [];
    await page.route("**/deposits", async (route) => {
      requests.push(route.request());
      const response = await route.fetch(); // the bank has answered
      if (requests.length === 1) await route.abort();
      else await route.fulfill({ response });
    });
    const deposit = await openForm("Deposit");
    await deposit.getByLabel("Amount").fill("5");
    await deposit.getByRole("button", { name: "Deposit" }).click();
    await deposit.getByText("The balance is €5.00.").waitFor();
    expect(new Set(requests.map((request) => request.headers()["idempotency-key"])).size).toBe(1);
    expect(requests).toHaveLength(2);
    expect(await bank.get(`/accounts/${id}`)).toMatchObject({ balance: 500 });
  });

  it("corrects a booking, and shows the account as of either time", async () => {
    const { id } = await bank.openAccount("Historian");
    await bank.post(`/accounts/${id}/deposits`, {
      amount: 10_000,
      valueDate: "2026-01-05T00:00:00.000Z",
      note: "rent",
    });
    await bank.post(`/accounts/${id}/deposits`, { amount: 7_000, valueDate: "2026-03-01T00:00:00.000Z" });
    await openAccountPage(id);
    await balanceIs("€170.00");
    const correction = await openForm("Correct");
    await correction.getByLabel("Booking").selectOption({ label: "1 · deposit of €100.00, 5 Jan 2026" });
    await correction.getByLabel("Amount").fill("80");
    await correction.getByLabel("Reason").fill("typed wrongly");
    await correction.getByRole("button", { name: "Correct", exact: true }).click();
    await correction.getByText("The balance is €150.00.").waitFor();
    await balanceIs("€150.00");

    // Back on the axis of value dates: the later deposit does not count, the correction does.
    await page.getByLabel("Value date").first().press("ArrowLeft");
    await balanceIs("€80.00");
    await page.locator(".left-out", { hasText: "counts later" }).first().waitFor();
    // And on that of bookings: the bank does not know of the correction yet.
    await page.getByLabel("Booked").first().press("ArrowLeft");
    await balanceIs("€100.00");
    await page.locator(".left-out", { hasText: "not booked by then" }).first().waitFor();
    expect(await page.locator(".statement tbody tr").count()).toBe(1);
    await keep("as-of");
    await page.getByRole("button", { name: "Back to now" }).click();
    await balanceIs("€150.00");
    await page.getByRole("button", { name: "event 3" }).click();
    await page.locator("details[open] pre", { hasText: "typed wrongly" }).waitFor();
  });

  it("sets up a standing order and cancels it", async () => {
    const [from, to] = [await bank.openAccount("Orderly"), await bank.openAccount("Regular")];
    await openAccountPage(from.id);
    const orders = await openForm("Standing orders");
    await orders.getByLabel("To account").fill(to.id);
    await orders.getByLabel("Amount").fill("25");
    await orders.getByLabel("Every").selectOption("week");
    await orders.getByLabel("Beginning on").fill("2099-01-05");
    await orders.getByRole("button", { name: "Set up" }).click();
    await orders.getByText("€25.00 every week").waitFor();
    await orders.getByRole("button", { name: "Cancel it" }).click();
    await orders.getByText("cancelled").waitFor();
  });

  it("forgets a customer, and keeps the bookings", async () => {
    const { id } = await bank.openAccount("Mustn't Be Known", { balance: 4_200 });
    await openAccountPage(id);
    await page.getByRole("heading", { name: "Mustn't Be Known" }).waitFor();
    const form = await openForm("Forget");
    await form.getByLabel("I know that this cannot be undone").check();
    await form.getByRole("button", { name: "Forget this customer" }).click();
    await page.getByRole("heading", { name: "Forgotten customer" }).waitFor();
    await balanceIs("€42.00");
    await page.goto(`${bank.address}/#/`);
    await page.getByLabel("Owner").fill("mustn't");
    await page.getByText("No account is like that.").waitFor();
  });

  it("keeps the rich list, the report and the state of the subscriptions current", async () => {
    const { id } = await bank.openAccount("Croesus");
    await openPage("/read-models");
    await bank.post(`/accounts/${id}/deposits`, { amount: 900_000_000_000 });
    await page.locator(".rich li", { hasText: "Croesus" }).getByText("€9,000,000,000.00").waitFor();
    await page.locator(".report dd").first().getByText("€9,000,").waitFor();
    expect(await page.locator(".subscriptions tbody tr").count()).toBeGreaterThan(0);
    await keep("read-models");
  });

  it("says so when the server is away, and goes on when it is back", async () => {
    const { id } = await bank.openAccount("Patient", { balance: 100 });
    await openAccountPage(id);
    await balanceIs("€1.00");
    await bank.kill();
    await page.getByText("Reconnecting").waitFor();
    await page.getByText("The bank cannot be reached.").waitFor();
    const deposit = await openForm("Deposit");
    await deposit.getByLabel("Amount").fill("2");
    await deposit.getByRole("button", { name: "Deposit" }).click();
    await deposit.getByText("under the same key").waitFor();
    await keep("away");
    await bank.start();
    await deposit.getByText("The balance is €3.00.").waitFor();
    await page.getByText("The bank cannot be reached.").waitFor({ state: "detached" });
    await page.getByText("Live", { exact: true }).waitFor();
    await bank.post(`/accounts/${id}/deposits`, { amount: 300 });
    await balanceIs("€6.00");
  });

  it("says so when the database is away, and goes on when it is back", async () => {
    const { id } = await bank.openAccount("Calm", { balance: 100 });
    await openAccountPage(id);
    await balanceIs("€1.00");
    proxy.isDown = true;
    proxy.cutAll();
    await page.getByText("The bank is not ready.").waitFor();
    proxy.restore();
    await page.getByText("The bank is not ready.").waitFor({ state: "detached" });
    await bank.post(`/accounts/${id}/deposits`, { amount: 300 });
    await balanceIs("€4.00");
  });

  it("works by the keyboard alone, and shows where the focus is", async () => {
    const { id } = await bank.openAccount("Typist");
    await openPage("/");
    await tabTo(page.getByLabel("Owner"));
    await page.keyboard.type("typist");
    await page.locator(".accounts a", { hasText: "Typist" }).waitFor();
    await expect.poll(() => page.locator(".accounts a").count(), PATIENT).toBe(1);
    await tabTo(page.locator(".accounts a"));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Typist" }).waitFor();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("H1");
    await tabTo(page.getByRole("button", { name: "Deposit" }));
    await page.keyboard.press("Enter");
    await tabTo(page.getByLabel("Amount"));
    await page.keyboard.type("7.70");
    await page.keyboard.press("Enter");
    await balanceIs("€7.70");
    await tabTo(page.locator(".events summary").first());
    await page.keyboard.press("Enter");
    await page.locator("details[open] pre", { hasText: "money-deposited" }).waitFor();
    expect(await bank.get(`/accounts/${id}`)).toMatchObject({ balance: 770 });
  });

  it.each([
    { name: "light", viewport: WIDE, colorScheme: "light", views: ["/", "/read-models"] },
    { name: "dark", viewport: WIDE, colorScheme: "dark", views: [] },
    { name: "narrow", viewport: NARROW, colorScheme: "light", views: ["/", "/read-models"] },
  ] as const)("is accessible and fits the screen: $name", async ({ name, viewport, colorScheme, views }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    const { id } = await bank.openAccount("A".repeat(90), { balance: 123_456_789 });
    await bank.post(`/accounts/${id}/deposits`, {
      amount: 5,
      valueDate: "2026-01-05T00:00:00.000Z",
      note: "x".repeat(150),
    });
    await openAccountPage(id);
    await page.locator(".statement tbody tr").first().waitFor();
    await openForm("Deposit");
    await page.locator(".events summary").first().click();
    await keep(`account-${name}`);
    await expectNoFault();
    await page.setViewportSize(NARROW); // a window that is made narrower, a device that is turned
    await expect.poll(widthBeyondTheScreen, PATIENT).toBeLessThanOrEqual(0);
    await page.setViewportSize(viewport);
    for (const view of views) {
      await page.goto(`${bank.address}/#${view}`);
      await page.locator(".accounts a, .subscriptions tbody tr").first().waitFor();
      await expectNoFault();
    }
  });

  it.runIf(process.env.EVENTFOLD_UPDATE_GOLDEN)("is pictured in the README", async () => {
    await page.setViewportSize(PICTURED);
    await page.emulateMedia({ colorScheme: "light" });
    await openAccountPage("ada-giro");
    await page.locator(".statement tbody tr").first().waitFor();
    const correction = page.locator(".left-out", { hasText: "booking-corrected" });
    while ((await correction.count()) === 0) await page.getByLabel("Booked").first().press("ArrowLeft");
    await page.evaluate("document.activeElement.blur()");
    await page.locator(".balance:not(.loading)").waitFor();
    const devTools = await page.context().newCDPSession(page);
    const clip = { x: 0, y: 0, ...PICTURED, scale: 1.5 };
    const { data } = await devTools.send("Page.captureScreenshot", { format: "webp", quality: 80, clip });
    await writeFile(PICTURE, Buffer.from(data, "base64"));
  });
});

/** Axe finds no fault, and nothing is wider than the screen. */
async function expectNoFault(): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>("axe.run({ resultTypes: ['violations'] })");
  expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
  expect(await widthBeyondTheScreen()).toBeLessThanOrEqual(0);
}

function widthBeyondTheScreen(): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - innerWidth");
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
