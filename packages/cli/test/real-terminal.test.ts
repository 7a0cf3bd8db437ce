import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import { consumeAll, retry, subscription } from "@eventfold/processing";
import { EventStore } from "@eventfold/store";
import { beforeEach, describe, expect, it } from "vitest";
import { runForJson } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";
import { runInTerminal, whyNoTerminal } from "./support/terminal.ts";

describe.skipIf(whyNoTerminal !== undefined)(`in a terminal${whyNoTerminal ? ` (${whyNoTerminal})` : ""}`, () => {
  let directory: string;
  beforeEach(async () => {
    directory = temporaryDirectory();
    await using events = await SqliteEventStorageAdapter.open({ filename: join(directory, "app.db") });
    await using storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
    const source = new EventStore({ adapter: events }).category("users");
    await source.stream("u-1").publish({ events: [1, 2].map((payload) => ({ name: "registered", payload })) });
    const handleEvent = async () => {
      throw new Error("no mail");
    };
    const onFailure = retry({ times: 0 }).then("park");
    await consumeAll(subscription({ name: "mails", source, handleEvent, onFailure }), { storage });
  });

  const countParked = async () => (await runForJson(["parked", "list", "sqlite:app.db"], { directory })).length;

  it.each([
    { answer: "y", keys: "y", exitCode: 0, left: 0 },
    { answer: "n", keys: "n", exitCode: 1, left: 2 },
    { answer: "Enter", keys: "\r", exitCode: 1, left: 2 },
    { answer: "Ctrl-C", keys: "\u0003", exitCode: 1, left: 2 },
  ])("asks before it destroys anything, and $answer is an answer", async ({ keys, exitCode, left }) => {
    const { press, until, ended } = runInTerminal(["parked", "drop", "sqlite:app.db", "mails"], { cwd: directory });
    await until('This drops 2 parked events of "mails": nobody will handle them. Go on?');
    await until("No"); // the answers are drawn, and keys are heard
    press(keys);
    const { exitCode: ended_, screen } = await ended;
    expect({ exitCode: ended_, left: await countParked() }, screen).toEqual({ exitCode, left });
    if (left > 0) expect(screen).toContain("Nothing was done.");
  });

  it("draws how far work has come, and clears it at the end", async () => {
    await using events = await SqliteEventStorageAdapter.open({ filename: join(directory, "app.db") });
    const stream = new EventStore({ adapter: events }).stream({ category: "users", stream: "u-2" });
    const words = ["copy", "sqlite:app.db", "sqlite:copy.db", "--follow"];
    const { press, until, ended } = runInTerminal(words, { cwd: directory });
    await until("press Ctrl-C.");
    const publishing = setInterval(() => void stream.publish({ events: [{ name: "registered", payload: 3 }] }), 200);
    await until("sequence numbers").finally(() => clearInterval(publishing));
    press("\u0003");
    const { exitCode, screen } = await ended;
    expect(exitCode, screen).toBe(0);
    const shown = ["\u001b[?25l", "sequence numbers", "\u001b[0K", "\u001b[?25h", "Stored "]; // hidden cursor, bar, cleared, cursor
    const places = shown.map((text, n) => (n < 2 ? screen.indexOf(text) : screen.lastIndexOf(text)));
    expect(places, JSON.stringify(screen)).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
  });
});
