import assert from "node:assert/strict";
import type { StorageCapabilities } from "@eventfold/store";
import { assertSame } from "./observe/same.ts";
import { membersMissingFrom, OPTIONAL_MEMBERS, type OptionalMember } from "./optional-members.ts";
import { ruleTest, type StorageRuleTest } from "./storage-rule-test.ts";

/** What a suite was told that an adapter cannot do. */
export interface ToldLimits {
  readonly capabilities: Partial<StorageCapabilities>;
  readonly lacks: readonly OptionalMember[];
}

/** Checks that the adapter declares what the suite was told, so that nothing undeclared is skipped. */
export function capabilityTests({ capabilities: told, lacks }: ToldLimits): readonly StorageRuleTest[] {
  return [
    ruleTest(19, "an open adapter declares the capabilities that the suite was told of", async ({ adapter }) => {
      const expected = { durable: true, sharedStorage: true, transactions: true, notifications: true, ...told };
      assertSame({ ...adapter.capabilities }, expected);
      assert.equal(typeof adapter.transaction, expected.transactions ? "function" : "undefined");
      const missing = OPTIONAL_MEMBERS.filter((member) => lacks.includes(member));
      assertSame(membersMissingFrom(adapter), missing, "the optional members that the adapter does not have");
      assert.equal(adapter.isClosed, false);
    }),
    ruleTest(7, "an open adapter says with which ordering guarantee its log was created", async ({ adapter }) => {
      assert.ok(["log", "category", "stream"].includes(adapter.orderingGuarantee), String(adapter.orderingGuarantee));
    }),
  ];
}
