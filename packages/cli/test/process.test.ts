import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { digestLog } from "@eventfold/operations";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { spawnEventfold } from "./support/spawn-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

async function openStore(filename: string) {
  const adapter = await SqliteEventStorageAdapter.open({ filename });
  const stream = new EventStore({ adapter }).stream({ category: "things", stream: "1" });
  const publish = (count: number) =>
    stream.publish({ events: Array.from({ length: count }, (_, n) => ({ name: "happened", payload: { n } })) });
  return { adapter, publish };
}

describe("the program in a process of its own", () => {
  it("follows the log until Ctrl-C, and says that it was stopped", async () => {
    const cwd = temporaryDirectory();
    const { adapter, publish } = await openStore(join(cwd, "app.db"));
    await publish(1);
    const { child, nextLine, ended } = spawnEventfold(["tail", "sqlite:app.db", "--follow", "--json"], { cwd });
    expect(JSON.parse(await nextLine())).toMatchObject({ position: 0 });
    await publish(1);
    expect(JSON.parse(await nextLine())).toMatchObject({ position: 1 });
    child.kill("SIGINT");
    const { exitCode, error } = await ended;
    expect(exitCode).toBe(130);
    expect(JSON.parse(error)).toMatchObject({ error: { message: "Stopped.", exitCode: 130 } });
    await adapter.close();
  });

  it("stops cleanly when its terminal is closed", async () => {
    const cwd = temporaryDirectory();
    const { adapter, publish } = await openStore(join(cwd, "app.db"));
    await publish(1);
    const { child, nextLine, ended } = spawnEventfold(["tail", "sqlite:app.db", "--follow"], { cwd });
    await nextLine();
    child.stderr.destroy(); // there is nobody left to tell
    child.kill("SIGHUP");
    expect((await ended).exitCode).toBe(129);
    await adapter.close();
  });

  it("ends quietly when whoever reads its output has seen enough", async () => {
    const cwd = temporaryDirectory();
    const { adapter, publish } = await openStore(join(cwd, "app.db"));
    await publish(5_000); // more than any pipe holds
    await adapter.close();
    const { child, nextLine, ended } = spawnEventfold(["show", "sqlite:app.db", "things/1", "--json"], { cwd });
    await nextLine();
    child.stdout.destroy();
    expect(await ended).toEqual({ exitCode: 0, error: "" });
  });

  it("ends although a config has left something open", async () => {
    const cwd = temporaryDirectory();
    const { adapter } = await openStore(join(cwd, "app.db"));
    await adapter.close();
    const sqlite = JSON.stringify(import.meta.resolve("@eventfold/adapter-sqlite"));
    writeFileSync(
      join(cwd, "eventfold.config.ts"),
      `import { SqliteEventStorageAdapter } from ${sqlite};
setInterval(() => {}, 1_000);
export default { events: () => SqliteEventStorageAdapter.open({ filename: "app.db" }) };`,
    );
    const { ended } = spawnEventfold(["categories", "--config", "eventfold.config.ts"], { cwd });
    expect(await ended).toEqual({ exitCode: 0, error: "" });
  });

  it("moves a log that is in use, until Ctrl-C says that it is not any more", async () => {
    const cwd = temporaryDirectory();
    const { adapter, publish } = await openStore(join(cwd, "app.db"));
    await publish(3);
    const { child, nextLine, ended } = spawnEventfold(["copy", "sqlite:app.db", "sqlite:copy.db", "--follow"], { cwd });
    expect(await nextLine()).toContain("press Ctrl-C");
    await publish(2);
    child.kill("SIGINT");
    expect(await nextLine()).toBe("Stored 5 events in sqlite:copy.db; it has all up to sequence number 5.");
    expect(await ended).toEqual({
      exitCode: 0,
      error: expect.stringMatching(/^Caught up, at sequence number [35]\.\n$/),
    });
    await adapter.close();
  });

  it.each(["SIGINT", "SIGKILL"] as const)("goes on with a copy that was ended by %s", async (signal) => {
    const cwd = temporaryDirectory();
    const { adapter, publish } = await openStore(join(cwd, "app.db"));
    for (let n = 0; n < 10; n++) await publish(2_000);
    const copy = () => spawnEventfold(["copy", "sqlite:app.db", "sqlite:copy.db"], { cwd });
    const target = await SqliteEventStorageAdapter.open({ filename: join(cwd, "copy.db") });
    const stopped = copy();
    for await (const _ of new EventStore({ adapter: target }).log().follow()) break; // the first batch is there
    stopped.child.kill(signal);
    const { exitCode, error } = await stopped.ended;
    if (exitCode === 130)
      expect(error).toMatch(/^Stopped\. [\d,]+ events stored before, up to sequence number [\d,]+\. Run it again/);
    const left = await new EventStore({ adapter: target }).log().latest();
    expect((left?.sequenceNumber ?? 0) % 2_000).toBe(0); // whole batches
    expect(await copy().ended).toEqual({ exitCode: 0, error: "" });
    expect(await digestLog({ of: target })).toEqual(await digestLog({ of: adapter }));
    await target.close();
    await adapter.close();
  });
});
