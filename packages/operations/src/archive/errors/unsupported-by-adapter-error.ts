import { EventfoldError } from "@eventfold/types";

/** An adapter does not have an optional member of the port that is needed. Nothing was done. */
export class UnsupportedByAdapterError extends EventfoldError {
  declare readonly code: "UNSUPPORTED_BY_ADAPTER";
  /** Which member it does not have. */
  readonly member: string;

  constructor({ member, neededTo }: { readonly member: string; readonly neededTo: string }) {
    super(
      `The adapter has no \`${member}\`, which is needed to ${neededTo}. Update the adapter, or use one that has it.`,
      { code: "UNSUPPORTED_BY_ADAPTER" },
    );
    this.member = member;
  }
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    UNSUPPORTED_BY_ADAPTER: UnsupportedByAdapterError;
  }
}
