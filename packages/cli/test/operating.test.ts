import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { consumeAll, EventBroker, retry, type Subscription, subscription } from "@eventfold/processing";
import { EventStore } from "@eventfold/store";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { runEventfold, runForJson } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const DATABASE = "sqlite:app.db";

/** A log of six events in two streams, of which the subscription `mails` has parked those with an odd number. */
async function makeLog(directory: string): Promise<void> {
  await using events = await SqliteEventStorageAdapter.open({ filename: join(directory, "app.db") });
  await using processing = await SqliteProcessingStorageAdapter.open({ shareWith: events });
  const store = new EventStore({ adapter: events });
  for (const stream of ["u-1", "u-2"]) {
    await store.stream({ category: "users", stream }).publish({
      events: [0, 1, 2].map((n) => ({ name: "registered", payload: { n } })),
    });
  }
  const mails = mailsOf(store, (n) => {
    if (n % 2 === 1) throw new Error(`no mail for ${n}: \u001b[31mred`);
  });
  await consumeAll(mails, { storage: processing });
}

function mailsOf(store: EventStore, handle: (n: number) => void): Subscription {
  return subscription({
    name: "mails",
    source: store.category<{ registered: { n: number } }>("users"),
    handleEvent: async ({ payload }) => handle(payload.n),
    onFailure: retry({ times: 0 }).then("park"),
  });
}

async function aLog(): Promise<string> {
  const directory = temporaryDirectory();
  await makeLog(directory);
  return directory;
}

describe("eventfold status", () => {
  it("shows schema, order, numbers, sizes and subscriptions", async () => {
    const directory = await aLog();
    const { out, exitCode } = await runEventfold(["status", DATABASE], { directory });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^sqlite:app\.db {2}SQLite 3\./);
    expect(out).toMatch(/schema +version 2, since 20/);
    expect(out).toMatch(/newest number +6\n +last number given +6\n/);
    expect(out).toMatch(/eventfold_events +table +4\.1 kB/);
    expect(out).toContain("mails  category/users, 1 partition, up to date, 2 events parked, 1 without a node");
    const [status] = await runForJson(["status", DATABASE], { directory });
    expect(status).toMatchObject({
      database: DATABASE,
      orderingGuarantee: "log",
      newestNumber: 6,
      subscriptions: [{ name: "mails", partitions: [{ done: 6, behind: 0, parked: 2 }] }],
    });
  });

  it("says that the sequence was set back", async () => {
    const directory = await aLog();
    const client = new BetterSqlite3(join(directory, "app.db"));
    client.exec("UPDATE sqlite_sequence SET seq = 2 WHERE name = 'eventfold_events'");
    client.close();
    const { out } = await runEventfold(["status", DATABASE], { directory });
    expect(out).toContain("last number given  2, which is below it: run eventfold verify");
  });

  it("says which migrations are pending, and changes nothing", async () => {
    const directory = temporaryDirectory();
    await makeOldLog(directory);
    const before = readFileSync(join(directory, "app.db"));
    const { out, exitCode } = await runEventfold(["status", DATABASE], { directory });
    expect({ out, exitCode }).toEqual({
      out: "1 migration pending. Run `eventfold migrate`; with --print it shows their SQL.\n  events  2  tags\n",
      exitCode: 4,
    });
    expect(readFileSync(join(directory, "app.db"))).toEqual(before);
  });
});

/** A file with the schema of an older release: all but the last migration. */
async function makeOldLog(directory: string): Promise<void> {
  const { out } = await runEventfold(["migrate", DATABASE, "--print", "--json"], { directory });
  const [first] = out.split("\n").map((line) => JSON.parse(line || "null") as { readonly sql: string } | null);
  const client = new BetterSqlite3(join(directory, "app.db"));
  client.pragma("journal_mode = WAL");
  client.exec(first?.sql ?? "");
  client.close();
}

describe("eventfold migrate", () => {
  it("makes a log, and then has nothing to do", async () => {
    const directory = temporaryDirectory();
    const made = await runEventfold(["migrate", DATABASE], { directory });
    expect(made).toMatchObject({ exitCode: 0, error: "" });
    expect(made.out).toBe("events 1: event-log\nevents 2: tags\nThe schema is up to date: 2 migrations applied.\n");
    expect(await runForJson(["migrate", DATABASE], { directory })).toEqual([{ isUpToDate: true, applied: [] }]);
    expect((await runEventfold(["status", DATABASE], { directory })).exitCode).toBe(0);
  });

  it("prints the SQL that would run, which does the same when it is run by hand", async () => {
    const directory = temporaryDirectory();
    const printed = await runEventfold(["migrate", DATABASE, "--print"], { directory });
    expect(printed.exitCode).toBe(0);
    expect(existsSync(join(directory, "app.db"))).toBe(false);
    const client = new BetterSqlite3(join(directory, "app.db"));
    client.exec(printed.out);
    client.close();
    expect(await runForJson(["migrate", DATABASE], { directory })).toEqual([{ isUpToDate: true, applied: [] }]);
    await using events = await SqliteEventStorageAdapter.open({
      filename: join(directory, "app.db"),
      migrations: "check",
    });
    expect((await events.migrations()).map(({ appliedAt }) => appliedAt)).toEqual([expect.any(Date), expect.any(Date)]);
  });

  it("brings an old log up to date", async () => {
    const directory = temporaryDirectory();
    await makeOldLog(directory);
    expect(await runForJson(["migrate", DATABASE], { directory })).toEqual([
      { isUpToDate: true, applied: [{ component: "events", version: 2, name: "tags" }] },
    ]);
  });

  it("does not print for a config, which opens the database by code of its own", async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, "c.mjs"), "export default { events: async () => { throw new Error('opened'); } };");
    const { exitCode, error } = await runEventfold(["migrate", "--config", "c.mjs", "--print"], { directory });
    expect({ exitCode, error }).toMatchObject({ exitCode: 2, error: expect.stringContaining("needs the address") });
  });
});

describe("eventfold doctor", () => {
  it("tells of nothing in a sound file, and of everything with --all", async () => {
    const directory = await aLog();
    const quiet = await runEventfold(["doctor", DATABASE], { directory });
    expect(quiet).toMatchObject({ exitCode: 0, out: "6 things looked at, 6 as it should be.\n" });
    expect((await runForJson(["doctor", DATABASE, "--all"], { directory })).length).toBe(6);
  });

  it("tells what is wrong, why it matters and what to do", async () => {
    const directory = await aLog();
    const client = new BetterSqlite3(join(directory, "app.db"));
    client.unsafeMode(true);
    client.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'eventfold_events_by_id'",
    );
    client.close();
    const { exitCode, out } = await runEventfold(["doctor", DATABASE], { directory });
    expect(exitCode).toBe(4);
    expect(out).toMatch(/^danger {2}integrity: .*\n {2}The file is damaged: .*\n {2}Stop all programs/);
  });
});

describe("eventfold subscriptions", () => {
  it("lists them with their partitions and errors", async () => {
    const directory = await aLog();
    const { out } = await runEventfold(["subscriptions", "list", DATABASE], { directory });
    expect(out).toBe(
      [
        "mails  category/users, 1 partition, up to date, 2 events parked, 1 without a node",
        "  partition 0: done up to number 6, without a node, 2 events parked",
        "No node is alive.\n",
      ].join("\n"),
    );
  });

  it("removes one that nobody runs, and names what goes", async () => {
    const directory = await aLog();
    const run = (...words: string[]) =>
      runEventfold(["subscriptions", "remove", DATABASE, "mails", ...words], { directory });
    expect(await run("--yes")).toMatchObject({
      exitCode: 1,
      out: "",
      error:
        'Nothing was removed: 2 events of "mails" are parked. Look at them with `eventfold parked list`; --with-parked removes them too.\n',
    });
    expect(await run("--with-parked")).toMatchObject({
      exitCode: 2,
      error: expect.stringContaining(
        'This removes "mails" with 1 checkpoint and 2 parked events, which nobody will handle. A node that still has it, and starts later, begins anew.',
      ),
    });
    expect(await run("--with-parked", "--yes")).toMatchObject({ exitCode: 0, out: 'Removed "mails".\n', error: "" });
    expect(await runForJson(["subscriptions", "list", DATABASE], { directory })).toEqual([]);
    expect((await run("--yes")).exitCode).toBe(3);
  });

  it("removes nothing that a node works on", async () => {
    const directory = temporaryDirectory();
    await using events = await SqliteEventStorageAdapter.open({ filename: join(directory, "app.db") });
    await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    const mails = mailsOf(new EventStore({ adapter: events }), () => {});
    const broker = new EventBroker({ name: "worker-1", leaseMs: 600, storage, subscriptions: [mails] });
    await broker.start();
    const refused = await runEventfold(["subscriptions", "remove", DATABASE, "mails", "--yes"], { directory });
    expect(refused).toMatchObject({ exitCode: 1, error: expect.stringContaining("worker-1 works on it") });
    await broker.stop();
    const removed = await runForJson(["subscriptions", "remove", DATABASE, "mails", "--yes"], { directory });
    expect(removed).toEqual([{ subscription: "mails", partitions: 1, parked: 0 }]);
  });

  it("pauses, resumes, resets and repartitions", async () => {
    const directory = await aLog();
    const run = (...words: string[]) => runEventfold(["subscriptions", ...words], { directory });
    const partitions = async () =>
      ((await runForJson(["subscriptions", "list", DATABASE], { directory })) as { partitions: object[] }[])[0]
        ?.partitions;
    expect(await run("pause", DATABASE, "mails")).toMatchObject({ exitCode: 0, out: "Done for 1 partition.\n" });
    expect(await partitions()).toMatchObject([{ isPaused: true }]);
    await run("resume", DATABASE, "mails", "--partitions", "0");
    expect(await partitions()).toMatchObject([{ isPaused: false }]);
    const refused = await run("reset", DATABASE, "mails", "--after", "4");
    expect(refused).toMatchObject({ exitCode: 2, error: expect.stringContaining('This moves 1 partition of "mails"') });
    expect(await partitions()).toMatchObject([{ done: 6 }]);
    for (const [words, message] of [
      [["pause", "--partitions", "0,1"], 'There is no partition 1 of "mails", which has partition 0 only.'],
      [["resume", "--partitions", "7"], 'There is no partition 7 of "mails", which has partition 0 only.'],
      [["reset", "--partitions", "1", "--yes"], 'There is no partition 1 of "mails", which has partition 0 only.'],
      [["reset", "--after", "7", "--yes"], "The log has no number 7 yet: it has come to 6."],
    ] as const) {
      const [name, ...rest] = words;
      expect(await run(name, DATABASE, "mails", ...rest)).toMatchObject({
        exitCode: 3,
        out: "",
        error: `${message}\n`,
      });
    }
    expect(await partitions()).toMatchObject([{ done: 6, isPaused: false }]);
    await run("reset", DATABASE, "mails", "--after", "4", "--yes");
    expect(await partitions()).toMatchObject([{ done: 4, behind: 2 }]);
    await run("reset", DATABASE, "mails", "--yes");
    expect(await partitions()).toMatchObject([{ done: 0, behind: 6 }]);
    expect(await run("repartition", DATABASE, "mails", "4")).toMatchObject({ out: "It has 4 partitions.\n" });
    expect(await partitions()).toHaveLength(4);
  });

  it.each([
    [["pause", DATABASE, "mail"], 3, 'There is no subscription "mail". There are: "mails".'],
    [["pause", DATABASE, "mails", "--partitions", "x"], 2, "Numbers of partitions are wanted"],
    [["repartition", DATABASE, "mails", "2000"], 2, "at most 1024"],
    [["reset", DATABASE, "mails", "--after", "-1"], 2, "--after"],
  ])("refuses %j", async (words, exitCode, message) => {
    const refused = await runEventfold(["subscriptions", ...words], { directory: await aLog() });
    expect(refused).toMatchObject({ exitCode, error: expect.stringContaining(message) });
  });

  it("says that there is no processing, and makes none", async () => {
    const directory = temporaryDirectory();
    await runEventfold(["migrate", DATABASE], { directory });
    const { exitCode, error } = await runEventfold(["subscriptions", "list", DATABASE], { directory });
    expect({ exitCode, error }).toMatchObject({ exitCode: 3, error: expect.stringContaining("no processing") });
    const client = new BetterSqlite3(join(directory, "app.db"), { readonly: true });
    expect(client.prepare("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%processing%'").pluck().get()).toBe(0);
    client.close();
  });
});

describe("eventfold parked", () => {
  it("lists what is parked, and shows an event with its error", async () => {
    const directory = await aLog();
    const listed = await runEventfold(["parked", "list", DATABASE, "mails"], { directory });
    expect(listed.out).toMatch(
      /^number 2 {2}users\/u-1 {2}1 try, since .*\n {2}.*no mail for 1: \\u\{1b\}\[31mred\nnumber 5 {2}users\/u-2/,
    );
    const ofAll = await runEventfold(["parked", "list", DATABASE], { directory });
    expect(ofAll.out).toBe(`mails\n${listed.out}`);
    expect(await runForJson(["parked", "list", DATABASE, "--limit", "1"], { directory })).toMatchObject([
      { subscription: "mails", sequenceNumber: 2 },
    ]);
    const shown = await runEventfold(["parked", "show", DATABASE, "mails", "5"], { directory });
    expect(shown.out).toMatch(/no mail for 1/);
    expect(shown.out).toMatch(/registered {2}users\/u-2[\s\S]*payload +\{ ?"n": ?1 ?\}/);
    expect(shown.out).not.toContain("\u001b");
    const [json] = await runForJson(["parked", "show", DATABASE, "mails", "5"], { directory });
    expect(json).toMatchObject({ sequenceNumber: 5, attempts: 1, event: { payload: { n: 1 }, stream: "u-2" } });
    const missing = await runEventfold(["parked", "show", DATABASE, "mails", "4"], { directory });
    expect(missing).toMatchObject({ exitCode: 3, error: expect.stringContaining("is not parked") });
  });

  it.each([
    ["replay", [], 'This replays 2 parked events of "mails": their handlers run again. Go on?'],
    ["drop", ["--event", "5"], 'This drops 1 parked event of "mails": nobody will handle them. Go on?'],
    ["drop", ["--stream", "users/u-1"], 'This drops 1 parked event of "mails": nobody will handle them. Go on?'],
  ])("names the count before a %s %j, and does nothing when the answer is no", async (verb, options, question) => {
    const directory = await aLog();
    const asked: string[] = [];
    const ask = async (text: string) => {
      asked.push(text);
      return false;
    };
    const { exitCode } = await runEventfold(["parked", verb, DATABASE, "mails", ...options], { directory, ask });
    expect({ exitCode, asked }).toEqual({ exitCode: 1, asked: [question] });
    expect(await runForJson(["parked", "list", DATABASE, "mails"], { directory })).toHaveLength(2);
  });

  it("drops what is given up, and says where nothing is parked", async () => {
    const directory = await aLog();
    const drop = () => runEventfold(["parked", "drop", DATABASE, "mails", "--event", "2", "--yes"], { directory });
    expect(await drop()).toMatchObject({ exitCode: 0, out: "Done for 1 partition.\n" });
    expect(await runForJson(["parked", "list", DATABASE, "mails"], { directory })).toMatchObject([
      { sequenceNumber: 5 },
    ]);
    expect(await drop()).toMatchObject({ exitCode: 3, error: expect.stringContaining('Nothing of "mails" is parked') });
  });

  it("replays: a node with a handler handles the events again", async () => {
    const directory = await aLog();
    const replayed = await runEventfold(["parked", "replay", DATABASE, "mails", "--yes"], { directory });
    expect(replayed).toMatchObject({ exitCode: 0, out: expect.stringContaining("Asked for in 1 partition") });
    await using events = await SqliteEventStorageAdapter.open({ filename: join(directory, "app.db") });
    await using processing = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    const handled: number[] = [];
    await consumeAll(
      mailsOf(new EventStore({ adapter: events }), (n) => void handled.push(n)),
      { storage: processing },
    );
    expect(handled).toEqual([1, 1]);
    expect(await runForJson(["parked", "list", DATABASE, "mails"], { directory })).toEqual([]);
  });
});
