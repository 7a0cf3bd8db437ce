import type { EventStorageAdapter } from "@eventfold/store";

/** The members that an adapter may leave out; having one is the promise that it works. */
export const OPTIONAL_MEMBERS = ["storedTexts", "restore", "inspection"] as const;

/** A member that an adapter may leave out. `storedTexts` is one of its storage. */
export type OptionalMember = (typeof OPTIONAL_MEMBERS)[number];

/** Whether a need of a test is such a member. */
export function isOptionalMember(need: string): need is OptionalMember {
  return (OPTIONAL_MEMBERS as readonly string[]).includes(need);
}

/** The optional members that an adapter does not have. */
export function membersMissingFrom(adapter: EventStorageAdapter): readonly OptionalMember[] {
  const present = {
    storedTexts: adapter.storage.storedTexts,
    restore: adapter.restore,
    inspection: adapter.inspection,
  };
  return OPTIONAL_MEMBERS.filter((member) => present[member] === undefined);
}
