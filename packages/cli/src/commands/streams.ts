import { visibleText } from "@eventfold/operations";
import { parseCount } from "../arguments/count.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

/** `eventfold streams`. */
export const streams = defineCommand<{ readonly after?: string; readonly limit?: number }>({
  name: "streams",
  summary: "List the streams of a category.",
  details: ["They come in code-point order, as many as there are."],
  needsDatabase: true,
  operands: [{ name: "category", description: "the name of the category" }],
  options: [
    { flags: "--after <stream>", description: "only those after this name" },
    { flags: "--limit <count>", description: "at most that many", parse: parseCount },
  ],
  examples: [
    { line: "eventfold streams sqlite:app.db users", explanation: "Lists all streams of the category users." },
    {
      line: "eventfold streams sqlite:app.db users --after user-41 --limit 20",
      explanation: "Lists the next 20 after user-41.",
    },
  ],
  exitCodes: { 3: "the category has no streams" },
  run: async ({ open, operands, options: { after, limit }, output, signal }) => {
    const [category = ""] = operands;
    const { store } = await open();
    let count = 0;
    for await (const { stream } of store.category(category).streams({ after, limit })) {
      signal.throwIfAborted();
      count += 1;
      await output.print({ category, stream }, () => [visibleText(stream)]);
    }
    if (count > 0 || after !== undefined) return EXIT_CODES.ok;
    throw new Failure(
      `The category ${JSON.stringify(category)} has no streams. \`eventfold categories\` lists what there is.`,
      {
        exitCode: EXIT_CODES.notFound,
      },
    );
  },
});
