import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { SqliteKeyStorageAdapter } from "@eventfold/adapter-sqlite/keys";
import { defineEvents, event, KeyStore } from "@eventfold/events";
import { type EventCategory, EventStore } from "@eventfold/store";
import { z } from "zod";
import type { Candidate, Row, Sample } from "../candidate.ts";
import { type Load, timeBoxed } from "../load.ts";
import { clientTimes, meteredHere } from "../processor-time.ts";
import { benchFile } from "../raw/sqlite-database.ts";
import { watchedScan } from "../watched-scan.ts";

const LOAD: Load = { callers: 1, unitsPerCall: 100, forMs: 1_000 };
const SCANNED = 50_000;
const SUBJECTS = 1_000;
const PLAIN = "without protection";
/** An event with protected fields has the tag of its subject: what the fields themselves cost shows beside an event with such a tag. */
const TAGGED = "without protection, with a tag";

const schema = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  plan: z.string(),
  note: z.string(),
});
const plainEvents = defineEvents({ "user-registered": event({ schema }) });
const protectedEvents = defineEvents({
  "user-registered": event({ schema, protect: { subject: ({ userId }) => userId, fields: ["name", "email"] } }),
});

/** New events of about 250 bytes, each of another subject than its neighbours. */
function registrations(count: number, tagged: boolean) {
  return Array.from({ length: count }, (_, n) => {
    const userId = `user-${String(n % SUBJECTS).padStart(6, "0")}`;
    const payload = { userId, name: "Ada Lovelace", email: "ada@example.com", plan: "free", note: "x".repeat(150) };
    return { name: "user-registered", payload, tags: tagged ? [`user:${userId}`] : [] } as const;
  });
}

type Measured = (users: Users, tagged: boolean) => Promise<() => Promise<Sample>>;

type Users = EventCategory<{ readonly "user-registered": z.infer<typeof schema> }>;

/** What is measured of a category of users, in a file of its own. */
function ofUsers(name: string, measured: Measured): Candidate {
  return meteredHere({
    name,
    async start() {
      const [eventFile, keyFile] = [benchFile(), benchFile()];
      const adapter = await SqliteEventStorageAdapter.open({ filename: eventFile.filename });
      const keys = await SqliteKeyStorageAdapter.open({ filename: keyFile.filename });
      const keyStore = new KeyStore({ adapter: keys });
      const events = name === "protected" ? protectedEvents.withKeys(keyStore) : plainEvents;
      const users = new EventStore({ adapter }).category("users", { events }) as unknown as Users;
      const measure = await measured(users, name === TAGGED);
      return {
        measure,
        async dispose() {
          await adapter.close();
          await keys.close();
          eventFile.dispose();
          keyFile.dispose();
        },
      };
    },
  });
}

async function publishing(users: Users, tagged: boolean) {
  const events = registrations(LOAD.unitsPerCall, tagged);
  return () => timeBoxed(LOAD, () => users.stream("all").publish({ events }));
}

async function scanning(users: Users, tagged: boolean) {
  for (let n = 0; n < SCANNED; n += 1_000) await users.stream("all").publish({ events: registrations(1_000, tagged) });
  return () => watchedScan(users.scan(), SCANNED);
}

function row(what: string, most: number, measured: Measured): Row {
  return {
    group: "protection",
    work: `SQLite, two protected fields, ${what}`,
    unit: "events",
    candidates: [ofUsers("protected", measured), ofUsers(TAGGED, measured), ofUsers(PLAIN, measured)],
    targets: [],
    limits: [clientTimes(TAGGED, most), clientTimes(PLAIN)],
  };
}

/** What it costs to protect two fields of an event, by processor time. */
export const protectionRows: readonly Row[] = [
  row("publish, 100 events each", 2, publishing),
  row(`scan ${SCANNED.toLocaleString("en-US")}`, 3.5, scanning),
];
