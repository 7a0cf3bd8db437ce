import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteProcessingStorageAdapter } from "@eventfold/adapter-sqlite/processing";
import {
  continueWith,
  EventBroker,
  exitProcess,
  pollingService,
  type Service,
  ServiceManager,
  subscription,
} from "@eventfold/processing";
import { EventStore } from "@eventfold/store";

/** What a process with services is told. */
export type ServiceAssignment =
  /** Two services that stop when they are told to. */
  | { readonly kind: "obedient" }
  /** The same, and between them one that never stops. */
  | { readonly kind: "hung"; readonly stopTimeoutMs: number }
  /** One that cannot go on, once a line is told; its error says with which code the process ends. */
  | { readonly kind: "failing" }
  /** A broker on SQLite, and a polling service that publishes what it handles. */
  | { readonly kind: "broker"; readonly filename: string };

const assignment = JSON.parse(process.argv.at(-1) ?? "") as ServiceAssignment;
const print = (what: string) => process.stdout.write(`${JSON.stringify({ what })}\n`);

function plain(name: string): Service {
  let timer: NodeJS.Timeout;
  return {
    name,
    start: async () => {
      print(`start ${name}`);
      timer = setInterval(() => {}, 1_000); // it keeps the process open
    },
    stop: async () => {
      clearInterval(timer);
      print(`stop ${name}`);
    },
  };
}

function hung(): Service {
  return {
    ...plain("hung"),
    stop: () => {
      print("stop hung");
      return new Promise(() => {});
    },
  };
}

function failing(): Service {
  const told = new Promise<never>((_, reject) => {
    process.stdin.once("data", (code: Buffer) => reject(new Error(code.toString().trim())));
  });
  return { ...plain("failing"), done: told };
}

const close = await run();
print("done");
await close();
process.stdin.unref(); // nothing else keeps the process open

async function run(): Promise<() => Promise<void>> {
  switch (assignment.kind) {
    case "obedient":
      await work([plain("a"), plain("b")], {});
      return async () => {};
    case "hung":
      await work([plain("a"), hung(), plain("c")], { stopTimeoutMs: assignment.stopTimeoutMs });
      return async () => {};
    case "failing":
      await work([plain("a"), failing(), plain("c")], {
        onError: exitProcess((error) => (error instanceof Error ? Number(error.message) : 1)),
      });
      return async () => {};
    case "broker":
      return runBroker(assignment.filename);
  }
}

async function work(services: readonly Service[], options: ConstructorParameters<typeof ServiceManager>[0]) {
  const manager = new ServiceManager(options);
  for (const service of services) manager.register(service);
  await manager.start();
  print("ready");
  await manager.done;
}

async function runBroker(filename: string): Promise<() => Promise<void>> {
  const events = await SqliteEventStorageAdapter.open({ filename });
  const storage = await SqliteProcessingStorageAdapter.open({ shareWith: events });
  const things = new EventStore({ adapter: events }).category("things");
  const handling = subscription({
    name: "things",
    source: things,
    handleEvent: ({ position }) => void print(`${position}`),
  });
  const broker = () => new EventBroker({ name: "worker", storage, subscriptions: [handling] });
  let n = 0;
  const publish = async () => {
    await things.publish({ streams: [{ stream: "thing", events: [{ name: "happened", payload: n++ }] }] });
  };
  const manager = new ServiceManager({ onError: continueWith(() => {}) });
  manager.register(broker);
  manager.register(pollingService(publish, { name: "publishing", intervalMs: 5 }));
  await manager.start();
  print("ready");
  await manager.done;
  return async () => {
    await storage.close();
    await events.close();
  };
}
