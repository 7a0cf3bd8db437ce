import { bashCompletion } from "../completion/bash.ts";
import { completableCommands } from "../completion/completable.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { defineCommand } from "../program/command.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** `eventfold completion`. */
export const completion = defineCommand({
  name: "completion",
  summary: "Print a script that completes commands and options in your shell.",
  needsDatabase: false,
  operands: [{ name: "shell", description: "the shell", choices: Object.keys(SCRIPTS) }],
  examples: [
    {
      line: "source <(eventfold completion bash)",
      explanation: "In ~/.bashrc, for bash; zsh has the same in ~/.zshrc.",
    },
    {
      line: "eventfold completion fish > ~/.config/fish/completions/eventfold.fish",
      explanation: "Once, for fish.",
    },
  ],
  run: async ({ operands: [shell = ""], commands, output }) => {
    const script = SCRIPTS[shell as keyof typeof SCRIPTS](completableCommands(commands));
    await output.print({ shell, script }, () => script.trimEnd().split("\n"));
  },
});
