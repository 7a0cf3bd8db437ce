import { aProjection } from "@eventfold/testing";
import { describe, expect, expectTypeOf, it } from "vitest";

describe("aProjection", () => {
  it("makes a complete projection from the members that a test cares about", () => {
    const source = { kind: "stream", category: "accounts", stream: "acc-1" } as const;
    const builder = aProjection().withName("account").withId("acc-1").withSource(source).withState({ balance: 5 });
    expect(builder.withMetadata({ by: "test" }).upTo(7).withProjectorVersion(2).build()).toStrictEqual({
      id: "acc-1",
      name: "account",
      source,
      state: { balance: 5 },
      metadata: { by: "test" },
      lastSequenceNumber: 7,
      projectorVersion: 2,
    });
    expect(builder.build()).toMatchObject({ metadata: null, projectorVersion: 1 });
    expectTypeOf(builder.build().state).toEqualTypeOf<{ balance: number }>();
  });

  it("can be kept and varied, and makes many", () => {
    const builder = aProjection();
    builder.withId("other");
    expect(builder.build().id).toBe("thing-1");
    expect(builder.buildMany(2).map(({ id }) => id)).toStrictEqual(["thing-1-1", "thing-1-2"]);
  });
});
