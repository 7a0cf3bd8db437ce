import { EventfoldError } from "@eventfold/types";
import type { DeliveryViolation } from "./check/delivery-violation.ts";

/** How many violations a message contains in full: one fault often shows in hundreds of events. */
const TOLD = 10;

/** Brokers did not deliver events as they promise. */
export class ForbiddenDeliveryError extends EventfoldError {
  declare readonly code: "FORBIDDEN_DELIVERY";
  /** Everything that is wrong with the delivery. */
  readonly violations: readonly DeliveryViolation[];

  constructor(violations: readonly [DeliveryViolation, ...DeliveryViolation[]]) {
    super(messageFor(violations), { code: "FORBIDDEN_DELIVERY" });
    this.violations = violations;
  }
}

function messageFor(violations: readonly DeliveryViolation[]): string {
  const told = violations.slice(0, TOLD).map(({ message }) => message);
  const more = violations.length > TOLD ? [`… and ${violations.length - TOLD} more.`] : [];
  return [`Events were not delivered as promised: ${violations.length} violations.`, ...told, ...more].join("\n");
}

declare module "@eventfold/types" {
  interface EventfoldErrorsByCode {
    FORBIDDEN_DELIVERY: ForbiddenDeliveryError;
  }
}
