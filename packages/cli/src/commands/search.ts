import { ProjectionStore } from "@eventfold/projections";
import { parseCount } from "../arguments/count.ts";
import { FILTER_FORMS, parseFilters } from "../arguments/filter.ts";
import { projectionLines } from "../output/projection-lines.ts";
import { defineCommand } from "../program/command.ts";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";

interface SearchOptions {
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly all?: true;
}

const DEFAULT_LIMIT = 20;
const PAGE_SIZE = 100;

/** `eventfold search`. */
export const search = defineCommand<SearchOptions>({
  name: "search",
  summary: "Search the stored projections of a name.",
  details: [
    "All filters must hold; without one, every projection is found. It searches the version that readers see. Quote filters for the shell.",
  ],
  forms: FILTER_FORMS,
  needsDatabase: true,
  operands: [
    { name: "projection", description: "the name of the projections, which is that of their projector" },
    { name: "filter", description: "what must hold, such as 'state.balance>=100'", isOptional: true, isVariadic: true },
  ],
  options: [
    {
      flags: "--sort <path>",
      description: "sort by this, such as state.balance:desc, then by the next one that is given (default: by id)",
      isRepeatable: true,
    },
    { flags: "--limit <count>", description: `at most that many (default: ${DEFAULT_LIMIT})`, parse: parseCount },
    { flags: "--all", description: "show all, however many there are" },
  ],
  examples: [
    {
      line: "eventfold search sqlite:app.db account 'state.balance>=100' 'state.owner^=A' --sort state.balance:desc",
      explanation:
        "Shows the accounts of people whose names begin with A and that hold 100 or more, the fullest first.",
    },
    {
      line: "eventfold search sqlite:app.db account 'state.tags[]=vip' --all --json | jq .id",
      explanation: "Hands the ids of all of them to another program.",
    },
  ],
  exitCodes: { 3: "there are no projections of this name" },
  run: async ({ open, operands: [name = "", ...filters], options, output, signal }) => {
    const { sort = [], all, limit = all ? Number.POSITIVE_INFINITY : DEFAULT_LIMIT } = options;
    const query = parseFilters(filters, sort);
    const database = await open();
    const adapter = await database.projections();
    const activeVersion = await adapter?.storage.activeVersion(name);
    if (adapter === undefined || activeVersion === undefined) {
      const reason = adapter === undefined ? "No projections are stored here" : "None were ever saved";
      throw new Failure(`There are no projections ${JSON.stringify(name)}. ${reason}.`, {
        exitCode: EXIT_CODES.notFound,
      });
    }
    let count = 0;
    const pageSize = Math.min(PAGE_SIZE, limit + 1);
    for await (const projection of new ProjectionStore({ adapter }).all(query, { name, pageSize, signal })) {
      if (count === limit) {
        await output.remark(`There are more: --limit and --all show them.`);
        return;
      }
      if (count > 0 && !output.isJson) await output.printLines([""]);
      await output.print(projection, () => projectionLines(projection, output));
      count += 1;
    }
    if (count === 0) await output.remark(`No projection ${JSON.stringify(name)} is like that.`);
  },
});
