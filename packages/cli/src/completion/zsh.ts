import { type CompletableCommand, type CompletableOption, firstWords, secondWords } from "./completable.ts";

/** The script by which zsh completes the program. */
export function zshCompletion(commands: readonly CompletableCommand[]): string {
  const first = firstWords(commands);
  const groups = [...first.keys()].filter((word) => secondWords(commands, word).length > 0);
  const seconds = groups.map((word) => {
    const words = secondWords(commands, word).map(({ name, summary }) => described(name.split(" ")[1] ?? "", summary));
    return `    ${word}) words2=(${words.join(" ")}) ;;`;
  });
  const cases = commands.map(
    ({ name, options, choices }) =>
      `    "${name}") _arguments -s ${[...options.map(specificationOf), operands(choices)].join(" ")} ;;`,
  );
  return `#compdef eventfold
# Completes eventfold in zsh. Add to ~/.zshrc, after compinit: source <(eventfold completion zsh)
_eventfold() {
  local -a words1 words2
  local command="$words[2]"
  words1=(${[...first].map(([word, summary]) => described(word, summary)).join(" ")})
  if (( CURRENT == 2 )); then
    _describe command words1
    return
  fi
  case "$command" in
${seconds.join("\n")}
  esac
  if (( $#words2 > 0 )); then
    if (( CURRENT == 3 )); then
      _describe command words2
      return
    fi
    command="$command $words[3]"
    shift words
    (( CURRENT-- ))
  fi
  shift words
  (( CURRENT-- ))
  case "$command" in
${cases.join("\n")}
  esac
}
compdef _eventfold eventfold
`;
}

function specificationOf({ flag, description, takesValue, choices }: CompletableOption): string {
  const text = description.replace(/[[\]\\]/g, "\\$&").replaceAll(":", "\\:");
  const value = takesValue ? `:value:${choices.length === 0 ? "_files" : `(${choices.join(" ")})`}` : "";
  return quoted(`${flag}[${text}]${value}`);
}

function operands(choices: readonly string[]): string {
  return quoted(`*:word:${choices.length === 0 ? "_files" : `(${choices.join(" ")})`}`);
}

function described(word: string, summary: string): string {
  return quoted(`${word}:${summary.replaceAll(":", "\\:")}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
