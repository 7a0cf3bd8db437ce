import { confirm, isCancel } from "@clack/prompts";
import { visibleText } from "@eventfold/operations";

/** Asks the person at the terminal, on the error output. No is the answer of Enter, Escape and Ctrl-C. */
export async function askAtTerminal(question: string): Promise<boolean> {
  const answer = await confirm({ message: visibleText(question), initialValue: false, output: process.stderr });
  return !isCancel(answer) && answer;
}
