import { type CompletableCommand, type CompletableOption, firstWords, secondWords } from "./completable.ts";

/** The script by which fish completes the program. */
export function fishCompletion(commands: readonly CompletableCommand[]): string {
  const lines = ["# Completes eventfold in fish. Write it to ~/.config/fish/completions/eventfold.fish"];
  for (const [word, summary] of firstWords(commands)) {
    lines.push(`complete -c eventfold -n __fish_use_subcommand -f -a ${word} -d ${quoted(summary)}`);
    const seconds = secondWords(commands, word);
    const names = seconds.map(({ name }) => name.split(" ")[1]).join(" ");
    for (const { name, summary: text } of seconds) {
      const isSecond = `__fish_seen_subcommand_from ${word}; and not __fish_seen_subcommand_from ${names}`;
      lines.push(`complete -c eventfold -n ${quoted(isSecond)} -f -a ${name.split(" ")[1]} -d ${quoted(text)}`);
    }
  }
  for (const { name, options, choices } of commands) {
    const isChosen = quoted(
      name
        .split(" ")
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join("; and "),
    );
    for (const option of options) lines.push(`complete -c eventfold -n ${isChosen} ${optionText(option)}`);
    if (choices.length > 0) lines.push(`complete -c eventfold -n ${isChosen} -f -a ${quoted(choices.join(" "))}`);
  }
  return `${lines.join("\n")}\n`;
}

function optionText({ flag, description, takesValue, choices }: CompletableOption): string {
  const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(" "))}` : takesValue ? " -r" : "";
  return `-l ${flag.replace(/^--/, "")}${value} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
