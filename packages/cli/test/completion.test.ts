import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/commands/commands.ts";
import { runEventfold, runForJson } from "./support/run-eventfold.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

const firstWords = [...new Set(COMMANDS.map(({ name }) => name.split(" ")[0]))].sort();

/** Writes the script of a shell to a file, and returns its path. */
async function scriptOf(shell: string): Promise<string> {
  const file = join(temporaryDirectory(), `eventfold.${shell}`);
  writeFileSync(file, (await runEventfold(["completion", shell])).out);
  return file;
}

function hasShell(shell: string): boolean {
  const isThere = spawnSync(shell, ["-c", "exit 0"]).status === 0;
  if (!isThere) console.log(`completion in ${shell} is not tested: it is not installed here`);
  return isThere;
}

function run(shell: string, text: string): readonly string[] {
  const { stdout, stderr, status } = spawnSync(shell, ["-c", text], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("completion", () => {
  it("knows no other shell", async () => {
    expect((await runEventfold(["completion", "cmd"])).exitCode).toBe(2);
    expect(await runForJson(["completion", "fish"])).toMatchObject([{ shell: "fish" }]);
  });

  it("completes in bash", { skip: !hasShell("bash") }, async () => {
    const file = await scriptOf("bash");
    const complete = (...words: readonly string[]) => {
      const array = words.map((word) => `'${word}'`).join(" ");
      const text = `source ${file}; COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _eventfold; printf '%s\\n' "\${COMPREPLY[@]}"`;
      return run("bash", text);
    };
    expect([...complete("eventfold", "")].sort()).toEqual(firstWords);
    expect(complete("eventfold", "sh")).toEqual(["show"]);
    expect(complete("eventfold", "show", "sqlite:app.db", "--s")).toEqual(["--state"]);
    expect(complete("eventfold", "show", "sqlite:app.db", "a/b", "--by", "o")).toEqual(["observed", "occurred"]);
    expect(complete("eventfold", "completion", "z")).toEqual(["zsh"]);
  });

  it("completes in zsh", { skip: !hasShell("zsh") }, async () => {
    run(
      "zsh",
      `autoload -Uz compinit && compinit -u -D && source ${await scriptOf("zsh")} && functions _eventfold > /dev/null`,
    );
  });

  it("completes in fish", { skip: !hasShell("fish") }, async () => {
    const file = await scriptOf("fish");
    const complete = (line: string) =>
      run("fish", `source ${file}; complete -C '${line}'`).map((each) => each.split("\t")[0]);
    expect([...complete("eventfold ")].sort()).toEqual(firstWords);
    expect(complete("eventfold show --sta")).toEqual(["--state"]);
    expect(complete("eventfold show --by o")).toEqual(["observed", "occurred"]);
  });
});
