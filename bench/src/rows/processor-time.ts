import type { Candidate, Limit, Row } from "../candidate.ts";
import type { Load } from "../load.ts";
import { clientUsBeyond, meteredRow, serverTimes } from "../processor-time.ts";
import { publishing } from "../publishing.ts";
import { rawPostgresInserts, rawPostgresScan } from "../raw/raw-postgres.ts";
import { filledDatabase, openPostgres, scanning } from "./postgres.ts";

const FOR_MS = 1_500;
const SCANNED = 1_000_000;

const load = (callers: number, unitsPerCall = 1): Load => ({ callers, unitsPerCall, forMs: FOR_MS });

const SINGLE = "pg, prepared single-row insert";
const BATCHES = "pg, batches of 100";

function publishingRow(callers: number, raw: Candidate, limits: readonly Limit[]): Row {
  const what = callers === 1 ? "1 publisher" : `${callers} publishers`;
  return meteredRow({
    what,
    unit: "events",
    own: publishing({ name: "eventfold", load: load(callers), open: openPostgres }),
    raw,
    limits,
  });
}

/** How long processors are busy with a publish and with a scan, in the client and in the server. */
export const processorTimeRows: readonly Row[] = [
  publishingRow(1, rawPostgresInserts(SINGLE, load(1)), [clientUsBeyond(SINGLE, 25), serverTimes(SINGLE, 1.3)]),
  publishingRow(32, rawPostgresInserts("pg, batches of 32", load(1, 32)), []),
  publishingRow(256, rawPostgresInserts(BATCHES, load(1, 100)), [
    clientUsBeyond(BATCHES, 8),
    serverTimes(BATCHES, 1.1),
  ]),
  meteredRow({
    what: "scan",
    unit: "events",
    own: scanning("eventfold", SCANNED),
    raw: rawPostgresScan("pg, keyset pages of 1000", () => filledDatabase(SCANNED)),
    limits: [],
  }),
];
