import { isEventfoldError } from "@eventfold/types";
import { describe, expect, it } from "vitest";
import { CheckpointAheadOfLogError, LeaseLostError, SubscriptionMismatchError } from "../src/index.ts";

describe("LeaseLostError", () => {
  it("names the partition, and says what became of the transaction", () => {
    const error: unknown = new LeaseLostError({ subscription: 7, partition: 3 });
    if (!isEventfoldError(error, "LEASE_LOST")) throw error;
    expect([error.name, error.subscription, error.partition]).toEqual(["LeaseLostError", 7, 3]);
    expect(error.message).toContain("The partition 3 of the subscription with the id 7 has another owner");
    expect(error.message).toContain("The transaction was rolled back");
  });
});

describe("SubscriptionMismatchError", () => {
  it("says what is stored and what was given", () => {
    const stored = { source: "category/users", partitioning: "stream/sha256-1" };
    const given = { source: "log", partitioning: "key" };
    const error = new SubscriptionMismatchError({ subscription: "mails", stored, given });
    expect(error).toMatchObject({ code: "SUBSCRIPTION_MISMATCH", subscription: "mails", stored, given });
    expect(error.message).toBe(
      'The subscription "mails" is registered with the source category/users, partitioned by stream/sha256-1, but was given log, partitioned by key. Nothing was started; give the new subscription another name.',
    );
  });
});

describe("CheckpointAheadOfLogError", () => {
  const facts = { subscription: "mails", partition: 1, sequenceNumber: 42 };

  it("says which event the source does not have", () => {
    const eventId = "018f0000-0000-7000-8000-000000000000";
    const error = new CheckpointAheadOfLogError({ ...facts, eventId });
    expect(error).toMatchObject({ code: "CHECKPOINT_AHEAD_OF_LOG", ...facts, eventId });
    expect(error.message).toContain(
      `is done up to sequence number 42, the event ${eventId}, which its source does not`,
    );
  });

  it("makes do with the number where no id is known", () => {
    const error = new CheckpointAheadOfLogError({ ...facts, eventId: undefined });
    expect(error.message).toContain("is done up to sequence number 42, which its source does not have");
  });
});
