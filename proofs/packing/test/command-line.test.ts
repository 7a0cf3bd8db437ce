import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Consumer } from "../src/consumer.ts";
import { isPromisedBy, nodeReleases } from "../src/node-release.ts";
import { withDependencies } from "../src/packed-package.ts";
import { packedPackagesIn } from "../src/packed-workspace.ts";

const available = await packedPackagesIn(inject("packedFolder"));
const packages = withDependencies(["@eventfold/cli"], available);

/** Typed, so that a Node which does not strip types by itself has to be told to. */
const CONFIG = `import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { type Config, defineConfig } from "@eventfold/cli";
import { projectorFor } from "@eventfold/projections";

type Events = { deposited: { amount: number } };

const balance = projectorFor<number, Events>()({
  name: "balance",
  version: 1,
  initialState: () => 0,
  handlers: { deposited: (state, { payload }) => state + payload.amount },
});
const config: Config<SqliteEventStorageAdapter> = defineConfig({
  events: ({ migrations }) => SqliteEventStorageAdapter.open({ filename: "app.db", migrations }),
  projectors: [balance],
});
export default config;
`;

const FILL = `import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { EventStore } from "@eventfold/store";

const adapter = await SqliteEventStorageAdapter.open({ filename: "app.db" });
const stream = new EventStore({ adapter }).stream({ category: "accounts", stream: "acc-1" });
await stream.publish({ events: [5, 7].map((amount) => ({ name: "deposited", payload: { amount } })) });
await adapter.close();
`;

describe("the packed command line, installed in an empty project", () => {
  let consumer: Consumer;

  beforeAll(() => {
    consumer = new Consumer({ packages, optionalPeers: false });
    consumer.write("eventfold.config.ts", CONFIG);
    consumer.write("fill.mjs", FILL);
    expect(consumer.run(process.execPath, "fill.mjs")).toMatchObject({ status: 0, stderr: "" });
  }, 300_000);

  afterAll(() => consumer?.remove());

  it("is found by npx", () => {
    const { status, stdout } = consumer.run("npx", "--no", "eventfold", "tail", "sqlite:app.db", "--json");
    expect(status).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).payload),
    ).toEqual([{ amount: 5 }, { amount: 7 }]);
  });

  it("has a config that compiles", () => {
    expect(consumer.compile(["eventfold.config.ts"], { module: "nodenext", noEmit: true, skipLibCheck: true })).toBe(
      "",
    );
  });

  // Node 22.12 lacks what better-sqlite3 needs.
  const releases = nodeReleases.filter(({ name }) => name !== "Node 22.12");
  it.each(releases.filter((release) => isPromisedBy(packages, release)))(
    "reads a typed config on $name",
    ({ executable }) => {
      const program = join("node_modules", "@eventfold", "cli", "dist", "main.js");
      const words = ["show", "--config", "eventfold.config.ts", "accounts/acc-1", "--state", "balance", "--json"];
      const { status, stdout, stderr } = consumer.run(executable, program, ...words);
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(JSON.parse(stdout)).toMatchObject({ state: 12 });
      const refused = consumer.run(executable, program, "show", "--config", "eventfold.config.ts", "accounts/acc-2");
      expect(refused).toMatchObject({ status: 3, stdout: "" });
    },
  );
});
