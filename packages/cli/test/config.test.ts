import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runEventfold } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

/** Runs a command with a config of this text. */
async function runWith(text: string, ...words: readonly string[]) {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, "eventfold.config.ts"), text);
  return runEventfold([...(words.length === 0 ? ["categories"] : words), "--config", "eventfold.config.ts"], {
    directory,
  });
}

describe("--config", () => {
  it.each([
    ["that throws", 'throw new Error("no \\u001b[31m database");', "no \\u{1b}[31m database"],
    ["that throws no error", "throw undefined;", "failed while it was loaded: undefined"],
    ["that is no TypeScript", "export default {{", "failed while it was loaded"],
    ["without a default export", "export const config = {};", "has no config as its default export"],
    ["that exports no object", "export default 5;", "has no config as its default export"],
    ["without events", "export default { projectors: [] };", "does not say how to open the events"],
    [
      "with a misspelt member",
      "export default { events: () => {}, projector: [] };",
      '"projector", which is not known',
    ],
    ["with what is no function", "export default { events: {} };", "something that is not a function"],
    ["with projectors in no list", "export default { events: () => {}, projectors: {} };", "no list"],
    ["with other subscriptions", "export default { events: () => {}, subscriptions: 1 };", "neither a list nor"],
  ])("refuses a file %s", async (_, text, message) => {
    const { exitCode, out, error } = await runWith(text);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(error).toContain(message);
    expect(error).toMatch(/^CONFIG: .*eventfold\.config\.ts/);
  });

  it.each([
    ["rejects", 'async () => { throw new Error("refused"); }'],
    ["throws", '() => { throw new Error("refused"); }'],
    ["opens nothing", "() => undefined"],
    ["opens something else", "() => ({ close() {} })"],
  ])("says what is wrong when its function %s", async (_, events) => {
    const { exitCode, out, error } = await runWith(`export default { events: ${events} };`);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(error).toMatch(/refused|no adapter/);
    expect(error).toContain("`events`");
  });

  it.each([
    ["throws", '() => { throw new Error("refused"); }'],
    ["makes no list", "() => undefined"],
  ])("says what is wrong when its function of subscriptions %s", async (_, subscriptions) => {
    const { exitCode, out, error } = await runWith(
      `import { SqliteEventStorageAdapter } from "${import.meta.resolve("@eventfold/adapter-sqlite")}";
      export default { events: () => SqliteEventStorageAdapter.open({ filename: ":memory:" }), subscriptions: ${subscriptions} };`,
      "explore",
    );
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(error).toMatch(/^CONFIG: .*`subscriptions`.*(refused|no list)/);
  });

  it("takes the place of the address, so that there is none besides", async () => {
    const { exitCode, error } = await runWith("export default {};", "categories", "sqlite:app.db");
    expect(exitCode).toBe(2);
    expect(error).toContain("too many arguments");
  });
});
