import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commandPage, pageFile } from "../scripts/command-page.ts";
import { COMMANDS } from "../src/commands/commands.ts";

const directory = join(import.meta.dirname, "../../../docs/cli");

describe("docs/cli", () => {
  it("has a page for each command, and none besides", () => {
    expect(readdirSync(directory).sort()).toEqual(COMMANDS.map(pageFile).sort());
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))("says what %s says", (_, command) => {
    const page = readFileSync(join(directory, pageFile(command)), "utf8");
    expect(page, "run `pnpm docs:cli`").toBe(commandPage(command));
  });
});
