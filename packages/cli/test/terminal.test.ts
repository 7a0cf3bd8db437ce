import { join } from "node:path";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore } from "@eventfold/store";
import { describe, expect, it } from "vitest";
import { confirm } from "../src/output/confirmation.ts";
import { runEventfold } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const ESCAPE = "\u001b[";

async function tailOf(context: Parameters<typeof runEventfold>[1], ...words: readonly string[]): Promise<string> {
  const directory = temporaryDirectory();
  await using adapter = await SqliteEventStorageAdapter.open({ filename: join(directory, "app.db") });
  const stream = new EventStore({ adapter }).stream({ category: "things", stream: "1" });
  await stream.publish({ events: [{ name: "happened", payload: null }] });
  return (await runEventfold(["tail", "sqlite:app.db", ...words], { directory, ...context })).out;
}

describe("colours", () => {
  it("are for terminals, unless they are forced", async () => {
    expect(await tailOf({ isTerminal: true })).toContain(ESCAPE);
    expect(await tailOf({ isTerminal: false })).not.toContain(ESCAPE);
    expect(await tailOf({ isTerminal: false, environment: { FORCE_COLOR: "1" } })).toContain(ESCAPE);
  });

  it("can be switched off", async () => {
    expect(await tailOf({ isTerminal: true }, "--no-color")).not.toContain(ESCAPE);
    expect(await tailOf({ isTerminal: true, environment: { NO_COLOR: "1" } })).not.toContain(ESCAPE);
    expect(await tailOf({ isTerminal: true }, "--json")).not.toContain(ESCAPE);
  });
});

describe("confirm", () => {
  const consequence = "This drops 12 parked events.";

  it("asks with what would happen, and goes on when the person agrees", async () => {
    const asked: string[] = [];
    const ask = async (question: string) => asked.push(question) > 0;
    await confirm({ consequence }, { isGiven: false, ask });
    expect(asked).toEqual(["This drops 12 parked events. Go on?"]);
  });

  it("does not ask after --yes", async () => {
    await confirm({ consequence }, { isGiven: true, ask: () => Promise.reject(new Error("asked")) });
  });

  it("refuses when the person does not agree, or nobody can be asked", async () => {
    const refusal = confirm({ consequence }, { isGiven: false, ask: async () => false });
    await expect(refusal).rejects.toMatchObject({ message: "Nothing was done.", exitCode: 1 });
    const nobody = confirm({ consequence }, { isGiven: false, ask: undefined });
    await expect(nobody).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("--yes") });
  });
});
