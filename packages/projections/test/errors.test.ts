import { describe, expect, it } from "vitest";
import { ProjectionConflictError, UnhandledEventError } from "../src/index.ts";

const conflict = (id: string, expected: number | undefined, stored: number | undefined) => ({
  ...{ projection: "account", projectorVersion: 1, id },
  ...{ expectedSequenceNumber: expected, storedSequenceNumber: stored },
});

describe("ProjectionConflictError", () => {
  it("says what was expected, what was found, and what to do", () => {
    expect(new ProjectionConflictError([conflict("a", undefined, 5)]).message).toBe(
      'The projection "account" "a" has changed since it was seen: expected none, found one up to sequence number 5. Nothing was saved. Load it with includeRemoved: true, since an event may have removed it, and continue what you find.',
    );
    const messageFor = (expected: number, stored: number | undefined) =>
      new ProjectionConflictError([conflict("a", expected, stored)]).message;
    expect(messageFor(3, 5)).toMatch(/Nothing was saved\. Load it again and continue it\.$/);
    expect(messageFor(5, 3)).toContain("It was replaced by an older one, as by a rebuild");
    expect(messageFor(5, undefined)).toContain("It was deleted: project its source from the start");
  });

  it("says how many others there are, and lists all", () => {
    const conflicts = [conflict("a", 3, undefined), conflict("b", 1, 2), conflict("c", 1, 2)] as const;
    const error = new ProjectionConflictError(conflicts);
    expect(error.message).toContain(
      '"a" (and 2 more) has changed since it was seen: expected one up to sequence number 3, found none.',
    );
    expect(error).toMatchObject({ ...conflicts[0], conflicts });
  });
});

describe("UnhandledEventError", () => {
  it("names the projector and the event, and what to do", () => {
    const event = { id: "018f0000-0000-7000-8000-000000000000", name: "closed", sequenceNumber: 7 };
    expect(new UnhandledEventError({ projector: "account", event }).message).toBe(
      'The projector "account" has no handler for the event "closed" (sequence number 7). Add one, or set onUnhandledEvent: "ignore".',
    );
  });
});
