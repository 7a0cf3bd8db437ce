import type { ProcessingStatus } from "@eventfold/processing";
import {
  assertDelivery,
  type CheckDeliveryOptions,
  checkDelivery,
  type DeliveryLine,
  type DeliveryViolationKind,
  ForbiddenDeliveryError,
} from "@eventfold/testing/delivery";
import { describe, expect, it } from "vitest";
import { claim, event, handle, park, save, unpark } from "./written-delivery.ts";

const [e1, e2, e3] = [event(1), event(2), event(3)];
const other = event(4, { s: "t", position: 0 });
const [log2, log3] = [
  [e1, e2],
  [e1, e2, e3],
];
const b = { node: "b", token: 2 } as const;
const failed = { error: "no" } as const;

interface Example extends CheckDeliveryOptions {
  readonly what: string;
  readonly records: readonly (DeliveryLine | readonly DeliveryLine[])[];
}

function statusWith(owner: string | undefined): ProcessingStatus {
  const session = { id: "living", name: "a", leaseMs: 1_000, beat: 1, subscriptions: [1], beatAtMs: 0 };
  const partition = { subscription: 1, partition: 0, token: 3, checkpoint: { sequenceNumber: 0, eventId: undefined } };
  const state = { isPaused: false, error: undefined, requests: [], carriedOut: [], parked: 0, owner };
  const facts = { id: 1, name: "mails", source: "log", partitioning: "stream/sha256-1", partitions: 1 };
  return {
    sessions: [session],
    subscriptions: [{ ...facts, repartition: undefined, status: [{ ...partition, ...state }] }],
  };
}

const promised: readonly Example[] = [
  { what: "nothing published, nothing handled", log: [], records: [] },
  {
    what: "one event after another",
    log: log2,
    records: [claim(1), handle([2, 3], e1), handle([4, 5], e2), save(6, 2)],
    promises: { noRepeats: true, effects: [e1.id, e2.id] },
    status: statusWith("living"),
  },
  {
    what: "a process that ended in its call, and one that goes on from the checkpoint",
    log: log3,
    records: [
      claim(1),
      handle([2, 3], e1),
      save(4, 1),
      handle([5, 6], e2),
      handle([7], e3),
      claim(8, { ...b, checkpoint: 1 }),
      handle([9, 10], e2, b),
      handle([11, 12], e3, b),
    ],
  },
  {
    what: "streams of a partition that are handled at once",
    log: [e1, e2, other],
    records: [claim(1), handle([2, 6], e1), handle([3, 4], other), handle([7, 8], e2)],
    promises: { concurrency: 2 },
  },
  {
    what: "tries that fail before one succeeds",
    log: log2,
    records: [claim(1), handle([2, 3], e1, failed), handle([4, 5], e1, { attempt: 2 }), handle([6, 7], e2)],
  },
  {
    what: "a batch that fails and is run again event by event",
    log: log3,
    records: [
      claim(1),
      handle([2, 3], log3, failed),
      handle([4, 5], e1),
      handle([6, 7], e2),
      handle([8, 9], e3),
      save(10, 3),
    ],
  },
  {
    what: "an event that is parked, and passed over by the next owner",
    log: log3,
    records: [
      claim(1),
      handle([2, 3], e1, failed),
      park(4, e1),
      handle([5, 6], e2),
      claim(8, b),
      handle([9, 10], e2, b),
      handle([11, 12], e3, b),
      save(13, 3, b),
    ],
  },
  {
    what: "a stream that waits behind a parked event",
    log: [...log2, other],
    records: [claim(1), handle([2, 3], e1, failed), park(4, e1, { isWholeStream: true }), handle([5, 6], other)],
  },
  {
    what: "a parked event that is replayed",
    log: log2,
    records: [
      claim(1),
      handle([2, 3], e1, failed),
      park(4, e1),
      handle([5, 6], e2),
      handle([7, 8], e1, { attempt: 2 }),
      unpark(9, e1),
    ],
    promises: { replays: true },
  },
  {
    what: "an event that is skipped",
    log: log2,
    records: [claim(1), handle([2, 3], e1, failed), handle([4, 5], e2), save(6, 2)],
    promises: { skips: true },
  },
  {
    what: "a process that wakes with one event in hand",
    log: log2,
    records: [claim(1), claim(3, b), handle([4, 5], e1, b), handle([6, 7], e1), handle([8, 9], e2, b)],
  },
  {
    what: "keys of its own",
    log: [e1, other],
    records: [claim(1), handle([2, 3], e1), handle([4, 5], other)],
    promises: { partitionBy: () => "all" },
  },
];

interface Fault extends Example {
  readonly kind: DeliveryViolationKind;
  readonly rule: number;
}

const forbidden: readonly Fault[] = [
  {
    kind: "lost-event",
    rule: 1,
    what: "an event is never handled",
    log: [e1, other],
    records: [claim(1), handle([2, 3], e1)],
  },
  {
    kind: "lost-event",
    rule: 1,
    what: "an event fails and is passed over",
    log: log2,
    records: [claim(1), handle([2, 3], e1, failed), handle([4, 5], e2)],
  },
  {
    kind: "unknown-event",
    rule: 1,
    what: "an event is handled that the constraints leave out",
    log: [e1],
    records: [claim(1), handle([2, 3], e1), handle([4, 5], other)],
  },
  {
    kind: "disorder",
    rule: 2,
    what: "a later event of a stream is handled first",
    log: log2,
    records: [claim(1), handle([2, 3], e2), handle([4, 5], e1)],
  },
  {
    kind: "disorder",
    rule: 2,
    what: "an event between two is left to another owner",
    log: log3,
    records: [
      claim(1),
      handle([2, 3], e1),
      handle([4, 5], e3),
      claim(6, b),
      handle([7, 8], e1, b),
      handle([8, 9], e2, b),
    ],
  },
  {
    kind: "disorder",
    rule: 2,
    what: "a repeat begins before the checkpoint",
    log: log2,
    records: [
      claim(1),
      handle([2, 3], e1),
      save(4, 1),
      claim(5, { ...b, checkpoint: 1 }),
      handle([6, 7], e1, b),
      handle([8, 9], e2, b),
    ],
  },
  {
    kind: "disorder",
    rule: 2,
    what: "a repeat begins beyond the checkpoint",
    log: log2,
    records: [claim(1), handle([2, 3], e1), handle([4, 5], e2), claim(6, b), handle([7, 8], e2, b)],
  },
  {
    kind: "disorder",
    rule: 2,
    what: "an owner handles again what it has done",
    log: [e1],
    records: [claim(1), handle([2, 3], e1), handle([4, 5], e1)],
  },
  {
    kind: "disorder",
    rule: 2,
    what: "a batch is out of order",
    log: log2,
    records: [claim(1), handle([2, 3], [e2, e1])],
  },
  {
    kind: "disorder",
    rule: 2,
    what: "events of one key are handled by stream",
    log: [e1, other],
    records: [claim(1), handle([2, 3], other), handle([4, 5], e1)],
    promises: { partitionBy: () => "all" },
  },
  {
    kind: "overlap",
    rule: 2,
    what: "two events of a stream are handled at once",
    log: log2,
    records: [claim(1), handle([2, 4], e1), handle([3, 5], e2)],
    promises: { concurrency: 2 },
  },
  {
    kind: "early-checkpoint",
    rule: 3,
    what: "a checkpoint is saved before the handler has ended",
    log: log2,
    records: [claim(1), handle([2, 3], e1), handle([4, 6], e2), save(5, 2)],
  },
  {
    kind: "early-checkpoint",
    rule: 3,
    what: "an owner goes on after what nobody has ended",
    log: log2,
    records: [claim(1), handle([2, 7], e1), claim(3, { ...b, checkpoint: 1 }), handle([4, 5], e2, b)],
  },
  {
    kind: "two-owners",
    rule: 4,
    what: "one token is given twice",
    log: [e1],
    records: [claim(1), claim(2, { node: "b" }), handle([3, 4], e1)],
  },
  {
    kind: "two-owners",
    rule: 4,
    what: "an owner goes on while a later one is at work",
    log: log3,
    records: [
      claim(1),
      handle([2, 3], e1),
      claim(4, b),
      handle([5, 6], e1, b),
      handle([7, 8], e2),
      handle([9, 10], e3),
      handle([11, 12], e2, b),
      handle([13, 14], e3, b),
    ],
  },
  {
    kind: "unclaimed",
    rule: 4,
    what: "a partition is worked on that was not given",
    log: [e1],
    records: [claim(1, { partition: 1 }), handle([2, 3], e1)],
  },
  {
    kind: "stale-write",
    rule: 5,
    what: "a checkpoint is stored by an earlier owner",
    log: log2,
    records: [claim(1), handle([2, 3], e1), claim(4, b), save(5, 1), handle([6, 7], e1, b), handle([8, 9], e2, b)],
  },
  {
    kind: "stale-write",
    rule: 5,
    what: "an event is parked by an earlier owner",
    log: [e1],
    records: [claim(1), handle([2, 3], e1, failed), claim(4, b), handle([5, 6], e1, b), park(7, e1)],
  },
  {
    kind: "repeated-event",
    rule: 6,
    what: "an event is handled twice, though nothing happened",
    log: [e1],
    records: [claim(1), handle([2, 3], e1), claim(4, b), handle([5, 6], e1, b)],
    promises: { noRepeats: true },
  },
  {
    kind: "missing-effect",
    rule: 6,
    what: "an event has no effect",
    log: log2,
    records: [claim(1), handle([2, 3], e1), handle([4, 5], e2)],
    promises: { effects: [e1.id] },
  },
  {
    kind: "repeated-effect",
    rule: 6,
    what: "an event has two effects",
    log: [e1],
    records: [claim(1), handle([2, 3], e1)],
    promises: { effects: [e1.id, e1.id] },
  },
  {
    kind: "parked-untried",
    rule: 7,
    what: "an event is parked that has not failed",
    log: [e1],
    records: [claim(1), handle([2], e1), park(4, e1)],
  },
  {
    kind: "handled-while-parked",
    rule: 7,
    what: "the next owner does not know what is parked",
    log: [e1],
    records: [claim(1), handle([2, 3], e1, failed), park(4, e1), claim(5, b), handle([6, 7], e1, b)],
  },
  {
    kind: "abandoned-partition",
    rule: 8,
    what: "a partition has no owner",
    log: [],
    records: [],
    status: statusWith(undefined),
  },
  {
    kind: "abandoned-partition",
    rule: 8,
    what: "the owner of a partition is not living",
    log: [],
    records: [],
    status: statusWith("gone"),
  },
];

describe("checkDelivery", () => {
  it.each(promised)("finds nothing in $what", ({ records, ...options }) => {
    expect(checkDelivery(records.flat(), options).violations).toEqual([]);
  });

  it.each(forbidden)("finds $kind where $what", ({ kind, rule, records, ...options }) => {
    const { isAsPromised, violations } = checkDelivery(records.flat(), options);
    expect(isAsPromised).toBe(false);
    expect([...new Set(violations.map((each) => each.kind))]).toEqual([kind]);
    expect(violations[0]?.rule).toBe(rule);
    for (const { message, eventIds } of violations) {
      expect(message.startsWith(`Rule ${rule}, ${kind}: `)).toBe(true);
      for (const id of eventIds) expect(message).toContain(id);
    }
  });

  it("counts what was handled, repeated and parked", () => {
    const records = [
      claim(1),
      handle([2, 3], e1),
      handle([4, 5], e2, failed),
      park(6, e2),
      claim(7, b),
      handle([8, 9], e1, b),
      handle([10, 11], e3, b),
    ];
    expect(checkDelivery(records.flat(), { log: log3 })).toEqual({
      isAsPromised: true,
      violations: [],
      handled: 2,
      repeated: 1,
      parked: 1,
    });
  });

  it("rejects recordings of the same name, and a log that is not in order", () => {
    const call = handle([1, 2], e1);
    expect(() => checkDelivery([call, call].flat(), { log: [e1] })).toThrow(RangeError);
    expect(() => checkDelivery([], { log: [e2, e1] })).toThrow(RangeError);
  });
});

describe("assertDelivery", () => {
  it("throws an error that says what was not as promised, with the calls that show it", () => {
    const records = [claim(1e6), handle([2e6, 3e6], e2, { error: "full" })].flat();
    const check = () => assertDelivery(records, { log: log2 });
    expect(check).toThrow(ForbiddenDeliveryError);
    expect(check).toThrow(
      [
        "Events were not delivered as promised: 3 violations.",
        `Rule 1, lost-event: ${e1.id} (c/s at position 0, sequence number 1) was never handled, and is not parked.`,
        `Rule 1, lost-event: ${e2.id} (c/s at position 1, sequence number 2) was not handled to its end, and is not parked.`,
        `  2.000 ms–3.000 ms a, partition 0 by token 1, attempt 1: ${e2.id}: failed: full`,
        `Rule 2, disorder: ${e2.id} (c/s at position 1, sequence number 2) was handled before ${e1.id} (c/s at position 0, sequence number 1), which came first after the checkpoint 0 of this owner.`,
      ].join("\n"),
    );
  });

  it("returns the verdict where all is well", () => {
    expect(assertDelivery([claim(1), handle([2, 3], e1)].flat(), { log: [e1] }).handled).toBe(1);
  });
});
