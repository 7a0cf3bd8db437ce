import { PostgresEventStorageAdapter } from "@eventfold/adapter-postgres";
import { type EventQuery, EventStore, eventsMatch, taggedWith } from "@eventfold/store";
import pg from "pg";
import { benchDatabase } from "../bench-server.ts";
import type { Candidate, Limit, Row } from "../candidate.ts";
import { type Load, timeBoxed } from "../load.ts";
import { median } from "../median.ts";
import { meteredRow, serverTimes } from "../processor-time.ts";
import { publishing } from "../publishing.ts";
import { freshStream, sampleEvents } from "../sample-events.ts";
import { openPostgres } from "./postgres.ts";

const STORED = 1_000_000;
const FOUND = 10;
const BATCH = 10_000;
const RIVALS = 64;

const load: Load = { callers: 1, unitsPerCall: 1, forMs: 1_500 };

const UNTAGGED = "the same without tags";
const BY_KEY = "the same events by key, with pg";

/** Every event has the tag "common", and ten have the tag "rare". */
function taggedEvents(from: number) {
  return sampleEvents(BATCH).map((event, index) => ({
    ...event,
    tags: (from + index) % (STORED / FOUND) === 0 ? ["common", "rare"] : ["common"],
  }));
}

/** Connections that have made their plans while the log was empty, and the numbers of the events with the rare tag. */
interface TaggedLog {
  readonly store: EventStore;
  readonly client: pg.Client;
  readonly found: readonly number[];
  /** Ends the connections when nobody uses them any more. */
  release(): Promise<void>;
}

const QUERIES = {
  first: eventsMatch({ names: ["order-placed"], tags: ["common", "rare"] }),
  last: eventsMatch({ names: ["order-placed"], tags: ["rare", "common"] }),
};
const epochMs = (column: string) => `(date_part('epoch', ${column}) * 1000)::bigint`;
/** What the adapter selects of each event, by the events' numbers. */
const KEY_TEXT =
  `select sequence_number, id, category, stream, position, name, version, ${epochMs("observed_at")}, ${epochMs("occurred_at")}, size, ` +
  "payload, metadata, array_to_json(tags) from eventfold.events where sequence_number = any($1::bigint[])";

const find = (store: EventStore, query: EventQuery) => store.log().read({ constraints: [query] });
const look = (client: pg.Client, numbers: readonly number[]) =>
  client.query({ name: "by key", text: KEY_TEXT, values: [numbers] });

let taggedLog: Promise<TaggedLog> | undefined;

async function newTaggedLog(): Promise<TaggedLog> {
  const connectionString = await benchDatabase();
  const open = (maxConnections: number) =>
    PostgresEventStorageAdapter.open({ connectionString, maxConnections, notifications: false });
  const adapter = await open(1);
  const store = new EventStore({ adapter });
  const client = new pg.Client({ connectionString });
  await client.connect();
  for (let n = 0; n < 8; n++) {
    for (const query of Object.values(QUERIES)) await find(store, query);
    await look(client, [1]);
  }
  await using filling = await open(2);
  const filler = new EventStore({ adapter: filling });
  for (let stored = 0; stored < STORED; stored += BATCH) {
    await filler.stream({ category: "orders", stream: freshStream() }).publish({ events: taggedEvents(stored) });
  }
  const found = (await find(filler, taggedWith("rare"))).map(({ sequenceNumber }) => sequenceNumber);
  let users = 0;
  return {
    ...{ store, client, found },
    async release() {
      users++;
      if (users < 2 * Object.keys(QUERIES).length) return;
      await adapter.close();
      await client.end();
    },
  };
}

function onTaggedLog(name: string, call: (log: TaggedLog) => Promise<unknown>): Candidate {
  return {
    name,
    async start() {
      taggedLog ??= newTaggedLog();
      const log = await taggedLog;
      return { measure: () => timeBoxed(load, () => call(log)), dispose: () => log.release() };
    },
  };
}

function queryRow(place: keyof typeof QUERIES): Row {
  return meteredRow({
    what: `a query of two tags and a name among 1,000,000 events, the ${place} tag common`,
    unit: "queries",
    own: onTaggedLog("eventfold", ({ store }) => find(store, QUERIES[place])),
    raw: onTaggedLog(BY_KEY, ({ client, found }) => look(client, found)),
    limits: [serverTimes(BY_KEY, 2.5)],
  });
}

/** Rivals of one process for one tag, round after round; exactly one of each round is stored. */
const rivals: Candidate = {
  name: "eventfold",
  async start() {
    const pool = new pg.Pool({ connectionString: await benchDatabase() });
    let statements = 0;
    pool.on("connect", (client) => {
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      Object.assign(client, {
        query: (...args: unknown[]) => {
          if (String((args[0] as { readonly text?: string }).text).includes("_append")) statements++;
          return query(...args);
        },
      });
    });
    const adapter = await PostgresEventStorageAdapter.open({ pool, notifications: false });
    const store = new EventStore({ adapter });
    let rounds = 0;
    const round = async (): Promise<void> => {
      rounds++;
      const failIf = taggedWith(`seat:${rounds}`);
      const [event] = sampleEvents(1);
      const publishes = Array.from({ length: RIVALS }, () =>
        store
          .stream({ category: "seats", stream: freshStream() })
          .publish({ events: [{ name: "taken", payload: event?.payload, tags: [`seat:${rounds}`] }], failIf }),
      );
      await Promise.allSettled(publishes);
    };
    return {
      async measure() {
        const before = statements;
        const sample = await timeBoxed(load, round);
        return { ...sample, statements: statements - before };
      },
      async dispose() {
        await adapter.close();
        await pool.end();
      },
    };
  },
};

const threeFlushes: Limit = {
  what: "flushes for each",
  unit: "",
  most: 3,
  of: (samples) => median(samples.map(({ statements = Number.NaN, units }) => statements / units)),
};

/** Events with tags, conditions on them, and queries by them, in PostgreSQL. */
export const tagRows: readonly Row[] = [
  meteredRow({
    what: "1 publisher, 2 tags on each event",
    unit: "events",
    own: publishing({ name: "eventfold", load, open: openPostgres, tags: 2 }),
    raw: publishing({ name: UNTAGGED, load, open: openPostgres }),
    limits: [serverTimes(UNTAGGED, 1.35)],
  }),
  queryRow("first"),
  queryRow("last"),
  {
    group: "postgres",
    work: `PostgreSQL, ${RIVALS} rivals of one process for one tag`,
    unit: "rounds",
    candidates: [rivals],
    targets: [],
    limits: [threeFlushes],
  },
];
