import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
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
});
