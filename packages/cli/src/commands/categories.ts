import { visibleText } from "@eventfold/operations";
import { defineCommand } from "../program/command.ts";

/** `eventfold categories`. */
export const categories = defineCommand({
  name: "categories",
  summary: "List the categories of the log.",
  details: ["They come in code-point order. Those of the library itself, which begin with $, are left out."],
  needsDatabase: true,
  examples: [
    { line: "eventfold categories sqlite:app.db", explanation: "Lists them." },
    {
      line: "eventfold categories sqlite:app.db --json",
      explanation: 'Prints an object a line, such as {"category":"users"}.',
    },
  ],
  run: async ({ open, output, signal }) => {
    const { store } = await open();
    for await (const { category } of store.categories()) {
      signal.throwIfAborted();
      await output.print({ category }, () => [visibleText(category)]);
    }
  },
});
