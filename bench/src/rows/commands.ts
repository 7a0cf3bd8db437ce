import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { defineDecider, eventTable } from "@eventfold/commands";
import { type EventStorageAdapter, EventStore, type EventStream, unchangedSince } from "@eventfold/store";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate, Row, Sample } from "../candidate.ts";
import { timed } from "../load.ts";
import { clientTimes } from "../processor-time.ts";
import { benchFile } from "../raw/sqlite-database.ts";

/** How many events a stream has before a command. */
const EVENTS = 10;
const COMMANDS = 1_000;

type AccountEvents = { deposited: { amount: number } };
type AccountStream = EventStream<AccountEvents>;

const account = defineDecider({
  events: eventTable<AccountEvents>(),
  initialState: () => ({ balance: 0 }),
  evolve: { deposited: ({ balance }, { payload }) => ({ balance: balance + payload.amount }) },
  decide: { deposit: ({ amount }: { amount: number }) => ({ name: "deposited", payload: { amount } }) },
});

type CarryOut = (stream: AccountStream, n: number) => Promise<unknown>;

const execute: CarryOut = (stream) => account.execute(stream, { type: "deposit", amount: 1 });
const executeOnce: CarryOut = (stream, n) =>
  account.execute(stream, { type: "deposit", amount: 1 }, { commandId: `command-${n}` });

/** What `execute` does, written out. */
const byHand: CarryOut = async (stream) => {
  let balance = 0;
  const events = await stream.read();
  for (const { payload } of events) balance += payload.amount;
  if (balance < 0) throw new RangeError("The account is overdrawn.");
  const deposited = { name: "deposited", payload: { amount: 1 } } as const;
  return stream.publish({ events: [deposited], condition: unchangedSince(events.at(-1)) });
};

interface OpenedAdapter {
  readonly adapter: EventStorageAdapter;
  readonly dispose?: () => void;
}

type OpenAdapter = () => Promise<OpenedAdapter>;

const openMemory: OpenAdapter = async () => ({ adapter: await MemoryEventStorageAdapter.open() });

const openSqlite: OpenAdapter = async () => {
  const file = benchFile();
  const adapter = await SqliteEventStorageAdapter.open({ filename: file.filename });
  return { adapter, dispose: () => file.dispose() };
};

const openPostgres: OpenAdapter = async () => ({
  adapter: await PostgresEventStorageAdapter.open({ connectionString: await benchDatabase() }),
});

/** Each measurement has streams of its own, so that all of them are of the same length. */
function carryingOut(name: string, open: OpenAdapter, carryOut: CarryOut): Candidate {
  return {
    name,
    async start() {
      const { adapter, dispose } = await open();
      const accounts = new EventStore({ adapter }).category<AccountEvents>("accounts");
      let measured = 0;
      return {
        async measure() {
          const streams = Array.from({ length: COMMANDS }, () => accounts.stream(`account-${measured++}`));
          await accounts.publish({
            streams: streams.map(({ identifier: { stream } }) => ({
              stream,
              events: Array.from({ length: EVENTS }, () => DEPOSITED),
            })),
          });
          return metered(async () => {
            for (const [n, stream] of streams.entries()) await carryOut(stream, n);
          });
        },
        async dispose() {
          await adapter.close();
          dispose?.();
        },
      };
    },
  };
}

const DEPOSITED = { name: "deposited", payload: { amount: 1 } } as const;

/** How long this process is busy with the commands, without what prepares them. */
async function metered(work: () => Promise<void>): Promise<Sample> {
  const before = process.cpuUsage();
  const sample = await timed(async () => {
    await work();
    return COMMANDS;
  });
  const { user, system } = process.cpuUsage(before);
  return { ...sample, clientCpuMs: (user + system) / 1_000 };
}

const BY_HAND = "read, fold, publish by hand";

/** A command takes hardly more of this process than reading, folding and publishing by hand. */
export const commandRows: readonly Row[] = [
  { name: "memory", open: openMemory },
  { name: "SQLite", open: openSqlite },
  { name: "PostgreSQL", open: openPostgres },
].flatMap(({ name, open }) =>
  [
    { what: "execute", own: execute },
    { what: "execute with a commandId", own: executeOnce },
  ].map(({ what, own }) => ({
    group: `commands ${name}`,
    work: `${name}, ${what} on a stream of ${EVENTS}`,
    unit: "commands",
    candidates: [carryingOut("eventfold", open, own), carryingOut(BY_HAND, open, byHand)],
    targets: [],
    limits: [clientTimes(BY_HAND, 1 / 0.9)],
  })),
);
