import { type CompletableCommand, firstWords, secondWords } from "./completable.ts";

/** The script by which bash completes the program. Words and flags of ours hold nothing that bash would read otherwise. */
export function bashCompletion(commands: readonly CompletableCommand[]): string {
  const first = [...firstWords(commands).keys()];
  const groups = first.filter((word) => secondWords(commands, word).length > 0);
  const seconds = groups.map((word) => `    ${word}) words="${lastWords(secondWords(commands, word))}" ;;`);
  const options = commands.map(
    ({ name, options: given, choices }) =>
      `    "${name}") flags="${given.map(({ flag }) => flag).join(" ")}"; words="${choices.join(" ")}" ;;`,
  );
  const values = commands.flatMap(({ name, options: given }) =>
    given
      .filter(({ choices }) => choices.length > 0)
      .map(
        ({ flag, choices }) =>
          `    "${name} ${flag}") COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$word")); return ;;`,
      ),
  );
  return `# Completes eventfold in bash. Add to ~/.bashrc: source <(eventfold completion bash)
_eventfold() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}" flags="" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${first.join(" ")}" -- "$word"))
    return
  fi
  if [ "$COMP_CWORD" -eq 2 ]; then
    case "$command" in
${seconds.join("\n")}
    esac
    if [ -n "$words" ]; then
      COMPREPLY=($(compgen -W "$words" -- "$word"))
      return
    fi
  fi
  case "$command" in
    ${groups.length === 0 ? "-" : groups.join("|")}) command="$command \${COMP_WORDS[2]}" ;;
  esac
  case "$command $before" in
${values.join("\n")}
  esac
  case "$command" in
${options.join("\n")}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}
complete -o default -F _eventfold eventfold
`;
}

function lastWords(commands: readonly CompletableCommand[]): string {
  return commands.map(({ name }) => name.split(" ")[1]).join(" ");
}
