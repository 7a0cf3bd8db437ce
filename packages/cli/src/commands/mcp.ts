import { defineCommand } from "../program/command.ts";

/** `eventfold mcp`. */
export const mcp = defineCommand({
  name: "mcp",
  summary: "Serve the log to an assistant on standard input and output, read-only, by the Model Context Protocol.",
  details: [
    "Its tools list categories and streams, show streams and events, search projections, trace causes, fold states, and tell how subscriptions are. None changes anything. Payloads and metadata are cut per event, an answer has at most 20,000 characters, and each answer says that it is data, not instructions.",
    "It shows everything that is in the log to whoever uses the assistant. Give it a role that may only read, and a log without secrets.",
  ],
  needsDatabase: true,
  examples: [
    {
      line: "eventfold mcp --config eventfold.config.ts",
      explanation: "Is what a client starts: its command is eventfold, its arguments are mcp and so on.",
    },
  ],
  run: async ({ open, context: { version }, signal }) => {
    const { serveMcp } = await import("../mcp/serve-mcp.ts");
    await serveMcp({ database: await open(), version, signal });
  },
});
