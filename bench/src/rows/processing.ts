import type { Row } from "../candidate.ts";
import { msEach } from "../limits.ts";
import { emmettConsumer } from "../peers/emmett-consumer.ts";
import { publishingBeside } from "../processing/beside.ts";
import { catchingUp, scanningThrough } from "../processing/catching-up.ts";
import { openProcessedPostgres, PROCESSED_DATABASES } from "../processing/databases.ts";
import { FilledLog } from "../processing/filled-log.ts";
import { fillDeposits, foldingBehind, savingPerBatch } from "../processing/folding.ts";
import { wakingHandler } from "../processing/latency.ts";
import { besideOnePartition } from "../processing/stuck-partition.ts";
import { rawConsumer } from "../raw/raw-consumer.ts";

const EVENTS = 1_000_000;
/** Few enough for a consumer that saves a checkpoint after each event. */
const EVENTS_OF_PEER = 2_000;
const EVENTS_IN_PARTITIONS = 200_000;

const DEPOSITS = 300_000;
const ACCOUNTS = 30_000;

const SCAN = "scan";
const PER_BATCH = "a save per batch of 1000";
const PLAIN = "without a filter";
const ALONE = "alone";
const FREE = "none is stuck";

const catchUpRows = PROCESSED_DATABASES.flatMap(({ name, open }) => {
  const log = new FilledLog(open, EVENTS);
  return [1, 8].map(
    (partitions): Row => ({
      group: `processing ${name}`,
      work: `${name}, catch up on ${EVENTS.toLocaleString("en-US")}, ${partitions === 1 ? "1 partition" : `${partitions} partitions`}`,
      unit: "events",
      candidates: [catchingUp("eventfold", log, partitions), scanningThrough(SCAN, log)],
      targets: [{ against: SCAN, leastRatio: partitions === 1 ? 0.6 : 0.5 }],
    }),
  );
});

const foldRows = PROCESSED_DATABASES.map(({ name, open }): Row => {
  const log = new FilledLog(open, DEPOSITS, (store, count) => fillDeposits(store, { count, accounts: ACCOUNTS }));
  return {
    group: `processing ${name}`,
    work: `${name}, fold ${DEPOSITS.toLocaleString("en-US")} onto ${ACCOUNTS.toLocaleString("en-US")} projections, catching up`,
    unit: "events",
    candidates: [foldingBehind("eventfold", log), scanningThrough(SCAN, log), savingPerBatch(PER_BATCH, log)],
    targets: [
      { against: SCAN, leastRatio: 0.4 },
      { against: PER_BATCH, leastRatio: 3 },
    ],
  };
});

const postgresLog = new FilledLog(openProcessedPostgres, EVENTS_IN_PARTITIONS);

/** Subscriptions at work: far behind, idle, beside publishers, beside a handler that is stuck. */
export const processingRows: readonly Row[] = [
  ...catchUpRows,
  ...foldRows,
  {
    group: "processing PostgreSQL",
    work: `PostgreSQL, catch up on ${EVENTS_IN_PARTITIONS.toLocaleString("en-US")}`,
    unit: "events",
    candidates: [
      catchingUp("eventfold", postgresLog, 1),
      rawConsumer("pg, a checkpoint per page of 1000", EVENTS_IN_PARTITIONS),
      emmettConsumer(EVENTS_OF_PEER),
    ],
    targets: [{ against: "Emmett PostgreSQL", leastRatio: 5 }],
  },
  {
    group: "processing PostgreSQL",
    work: "PostgreSQL, from acknowledged to an idle handler, filtered",
    unit: "events",
    candidates: [wakingHandler("eventfold", { filtered: true }), wakingHandler(PLAIN, { filtered: false })],
    targets: [{ against: PLAIN, leastRatio: 0.83 }],
    limits: [msEach(1.5)],
  },
  {
    group: "processing PostgreSQL",
    work: "PostgreSQL, 8 publishers beside a handler that publishes",
    unit: "events",
    candidates: [publishingBeside("eventfold", { hasBroker: true }), publishingBeside(ALONE, { hasBroker: false })],
    targets: [{ against: ALONE, leastRatio: 0.8 }],
  },
  {
    group: "processing PostgreSQL",
    work: "PostgreSQL, seven partitions beside one that is stuck",
    unit: "events",
    candidates: [
      besideOnePartition("eventfold", postgresLog, { isStuck: true }),
      besideOnePartition(FREE, postgresLog, { isStuck: false }),
    ],
    targets: [{ against: FREE, leastRatio: 0.9 }],
  },
];
